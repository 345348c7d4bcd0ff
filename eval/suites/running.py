"""Suites run one after the other: their findings as one result."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from ... import __version__
from ...embeddings.model_folder import read_description
from ...errors import InputError
from ...inference.insights import InsightModel
from ..results import Provenance, Result
from .channels import channels_suite
from .joining import joined
from .matching import matching_suite
from .measured_files import synthetic_file_notices
from .notes import notes_suite
from .policy import policy_suite
from .profiles import profiles_suite
from .retrieval import retrieval_suite
from .suite import Findings, MissingDataError, SuiteContext
from .triage import triage_suite

SUITES: dict[str, Callable[[Path, SuiteContext], Findings]] = {
    "notes": notes_suite,
    "triage": triage_suite,
    "profiles": profiles_suite,
    "channels": channels_suite,
    "matching": matching_suite,
    "retrieval": retrieval_suite,
    "policy": policy_suite,
}
"""Every suite by name, in the order of `all`."""

ALL = "all"


@contextmanager
def shipped_benchmark() -> Iterator[Path]:
    """The folder of the open benchmark that ships (synthetic)."""
    with as_file(files(__package__.rpartition(".")[0]) / "gold") as folder:
        yield folder


def run_suites(name: str, data: Path, context: SuiteContext) -> Result:
    """Run one suite, or `all` those that the data folder has something for.

    Of `all`, a suite that does not apply to the data or the model, or that refuses them, is left out, and a notice says
    why.

    Raises:
        InputError: no such suite, data or model, nothing to measure on, or data that the one suite refuses.
    """
    if not data.exists():
        raise InputError(f"{data} does not exist: name a folder or file of data to measure on")
    if name not in (*SUITES, ALL):
        raise InputError(f"no suite {name!r}; there are {', '.join(SUITES)} and {ALL}")
    begun, model = time.monotonic(), _model_name(context)
    found = _all_findings(data, context) if name == ALL else _findings(name, data, context)
    provenance = Provenance(
        version=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - begun, 1),
        data=found.data,
        model=model,
        encoder=context.encoder.digest,
        scored_by=found.scored_by,
        notices=(*found.notices, *synthetic_file_notices(found.data), *_confidential(found)),
    )
    return Result(provenance, found.item_sets, found.figures, found.reliability, found.confusions, found.examples)


def _findings(suite: str, data: Path, context: SuiteContext) -> Findings:
    found = SUITES[suite](data, context)
    _require_distinct_keys(found)
    return found


def _all_findings(data: Path, context: SuiteContext) -> Findings:
    """What every suite found; what was left out and why stands first among the notices."""
    findings, left_out = [], []
    for suite in SUITES:
        try:
            findings.append(_findings(suite, data, context))
        except InputError as e:
            left_out.append(f"{suite} was not measured: {e}")
            if not isinstance(e, MissingDataError):
                context.reporter.notice(left_out[-1])
    if not findings:
        raise InputError(f"{data} holds nothing to measure on. " + " ".join(left_out))
    return joined([Findings((), notices=tuple(left_out)), *findings])


def _require_distinct_keys(found: Findings) -> None:
    """Two figures of one key could not be told apart by gates and comparisons."""
    keys = Counter(figure.key for figure in found.figures)
    if repeated := [key for key, count in keys.items() if count > 1]:
        raise InputError(f"measured more than once: {', '.join(repeated)}; name the parts of the data differently")


def _confidential(found: Findings) -> tuple[str, ...]:
    if not found.examples:
        return ()
    count = f"{len(found.examples):,} texts" if len(found.examples) > 1 else "1 text"
    return (
        f"{count} kept as examples: rules black out what identifies a patient and miss some of it, so the result "
        "folder is confidential",
    )


def _model_name(context: SuiteContext) -> str:
    name = _insight_model_name(context)
    return f"{name}, and beside it {context.assistance.described}" if context.assistance else name


def _insight_model_name(context: SuiteContext) -> str:
    if context.model is None:
        model = InsightModel.named(None, context.encoder_folder)
        return f"{model.annotator}, the model that ships (SHA-256 {model.digest[:16]})"
    description = read_description(context.model)
    return f"{context.model.name} (SHA-256 {str(description['weights_sha256'])[:16]})"
