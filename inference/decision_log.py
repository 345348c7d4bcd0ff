"""The log of what was recommended and how likely that was: one line a slot, as JSONL or Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import InputError
from .insights.annotation_file import record_writer
from .matching import Decision
from .runs import published_file
from .targets import require_file_target

_AT_ONCE = 1000
"""Decisions that are kept before they are written."""

_CANDIDATE = [("module_id", pa.string()), ("channel", pa.string())]
_CANDIDATE += [(name, pa.float64()) for name in ("score", "value", "propensity")]
DECISIONS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("as_of", pa.string()),  # an ISO day, as in JSON
        ("asked_channel", pa.string()),  # null: any would do
        ("slot", pa.int32()),  # counted from 1
        ("module_id", pa.string()),
        ("channel", pa.string()),
        ("propensity", pa.float64()),  # of the module in this slot, given the slots above
        ("standard_error", pa.float64()),  # of the propensity; 0 where it is exact
        ("policy", pa.string()),
        ("parameters", pa.struct([(name, pa.float64()) for name in ("epsilon", "temperature", "deviation", "draws")])),
        ("seed", pa.int64()),
        ("specialty", pa.string()),
        ("country", pa.string()),
        ("need", pa.string()),  # the heaviest, such as "barrier coverage"
        ("candidates", pa.list_(pa.struct(_CANDIDATE))),
    ]
)

_Propensity = Field(gt=0.0, le=1.0)


class LoggedCandidate(BaseModel):
    """A module that could have stood in the slot."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module_id: str
    channel: str
    score: float
    value: float
    propensity: float = Field(ge=0.0, le=1.0)


class LoggedDecision(BaseModel):
    """One line of a log, read back; the fields are those of `matching.Decision`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision_id: str
    hcp_id: str
    brand: str
    as_of: date
    asked_channel: str | None
    slot: int = Field(ge=1)
    module_id: str
    channel: str
    propensity: float = _Propensity
    standard_error: float = Field(ge=0.0)
    policy: str
    parameters: Mapping[str, float | None]
    seed: int
    specialty: str | None
    country: str | None
    need: str | None
    candidates: tuple[LoggedCandidate, ...]


def require_new_log(target: Path) -> None:
    """Raise InputError where a log cannot be written, or where one would be lost: propensities cannot be had again."""
    require_file_target(target)
    if target.exists():
        raise InputError(f"the log {target} is there already: name another file, or remove it")


@contextmanager
def decision_log(target: Path) -> Iterator[Callable[[Iterable[Decision]], None]]:
    """What takes decisions as they are made; `target` (.jsonl or .parquet) appears whole when the block ends.

    Raises:
        InputError: another suffix, a log that is there already, or a target that cannot be written.
    """
    require_new_log(target)
    with published_file(target) as partial, record_writer(partial, target, DECISIONS) as writer:
        waiting: list[dict[str, Any]] = []

        def add(decisions: Iterable[Decision]) -> None:
            waiting.extend(decision.to_json() for decision in decisions)
            if len(waiting) >= _AT_ONCE:
                writer.write(waiting)
                waiting.clear()

        yield add
        writer.write(waiting)


def read_decisions(path: Path) -> list[LoggedDecision]:
    """The decisions of a log in its order.

    Raises:
        InputError: no such file, or a line that `decision_log` did not write.
    """
    try:
        rows = pq.ParquetFile(path).read(use_threads=False).to_pylist() if path.suffix == ".parquet" else _lines(path)
        return [_decision(path, number, row) for number, row in enumerate(rows, start=1)]
    except (OSError, pa.ArrowException, UnicodeDecodeError) as e:
        raise InputError(f"cannot read the log of decisions {path}: {e}") from e


def _lines(path: Path) -> Iterator[object]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as e:
                raise InputError(f"{path} row {number} is no JSON: {e}; take the log as `match --log` wrote it") from e


def _decision(path: Path, number: int, row: object) -> LoggedDecision:
    try:
        return LoggedDecision.model_validate(row)
    except ValidationError as e:
        problem = e.errors()[0]
        field = ".".join(str(part) for part in problem["loc"]) or "the line"
        raise InputError(
            f"{path} row {number}, {field} {str(problem['input'])[:60]!r}: {problem['msg']}; "
            "take the log as `match --log` wrote it"
        ) from e
