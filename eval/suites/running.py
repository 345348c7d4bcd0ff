"""Suites run one after the other: their findings as one result."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path
from typing import TypeVar

from ... import __version__
from ...embeddings.heads_file import read_description
from ...errors import HcplensError, InputError
from ...inference.insights import InsightModel
from ..off_policy import RefusedLogError
from ..results import Provenance, Result
from .channels import channels_suite
from .matching import matching_suite
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

T = TypeVar("T")


@contextmanager
def shipped_benchmark() -> Iterator[Path]:
    """The folder of the open benchmark that ships (synthetic)."""
    with as_file(files(__package__.rpartition(".")[0]) / "gold") as folder:
        yield folder


def run_suites(name: str, data: Path, context: SuiteContext) -> Result:
    """Run one suite, or `all` those that the data folder has something for.

    Raises:
        InputError: no such suite, no such data, nothing in it to measure on, or data that cannot be read.
    """
    if not data.exists():
        raise InputError(f"{data} does not exist: name a folder or file of data to measure on")
    begun = time.monotonic()
    findings, left_out = _findings(name, data, context)
    _require_distinct_keys(findings)
    return Result(
        provenance=_provenance(findings, left_out, context, time.monotonic() - begun),
        item_sets=_joined(found.item_sets for found in findings),
        figures=_joined(found.figures for found in findings),
        reliability=_joined(found.reliability for found in findings),
        confusions=_joined(found.confusions for found in findings),
        examples=_joined(found.examples for found in findings),
    )


def _require_distinct_keys(findings: Sequence[Findings]) -> None:
    """Two figures of one key could not be told apart by gates and comparisons."""
    keys = Counter(figure.key for found in findings for figure in found.figures)
    if repeated := [key for key, count in keys.items() if count > 1]:
        raise HcplensError(f"measured more than once: {', '.join(repeated)}; name the parts of the data differently")


def _findings(name: str, data: Path, context: SuiteContext) -> tuple[list[Findings], list[str]]:
    if name != ALL:
        if name not in SUITES:
            raise InputError(f"no suite {name!r}; there are {', '.join(SUITES)} and {ALL}")
        return [SUITES[name](data, context)], []
    findings, left_out = [], []
    for suite, measure in SUITES.items():
        try:
            findings.append(measure(data, context))
        except (MissingDataError, RefusedLogError) as e:
            left_out.append(f"{suite} was not measured: {e}")
    if not findings:
        raise InputError(f"{data} holds nothing to measure on. " + " ".join(left_out))
    return findings, left_out


def _provenance(
    findings: Sequence[Findings], left_out: Sequence[str], context: SuiteContext, seconds: float
) -> Provenance:
    notices = dict.fromkeys(chain(left_out, *(found.notices for found in findings)))
    return Provenance(
        version=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        data={file: digest for found in findings for file, digest in found.data.items()},
        model=_model_name(context.model),
        encoder=context.encoder.digest,
        scored_by={items: how for found in findings for items, how in found.scored_by.items()},
        notices=tuple(notices),
    )


def _model_name(folder: Path | None) -> str:
    if folder is None:
        model = InsightModel.default()
        return f"{model.annotator}, the heads that ship (SHA-256 {model.digest[:16]})"
    description = read_description(folder)
    return f"{folder.name} (SHA-256 {str(description['weights_sha256'])[:16]})"


def _joined(parts: Iterator[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(chain.from_iterable(parts))
