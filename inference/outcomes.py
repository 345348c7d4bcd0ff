"""From a log of decisions, content events and feedback, as files, to a log of exposures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from .decision_log import LoggedDecision, read_decisions
from .exposures import WINDOW_DAYS, Reward, join_outcomes, write_exposures
from .progress import Reporter
from .records import TABLES, Column, ColumnMap, Notices, RejectLog, TableSpec, VeevaMap, check_rejects, read_table
from .records.notices import counted
from .records.veeva import read_export
from .service.store import ServiceStore, is_sqlite_file
from .targets import require_file_target

FEEDBACK = TableSpec(
    "feedback",
    (
        Column("decision_id"),  # empty where feedback is on something else
        Column("outcome", required=True, choices=("executed", "completed", "dismissed")),
        Column("at", "timestamp", required=True),
    ),
    key=("decision_id", "at", "outcome"),
)
_DISMISSED = "dismissed"


@dataclass(frozen=True)
class OutcomeFiles:
    """What is joined.

    Attributes:
        log: decisions, as a file or as the store of the service, which holds events too.
        events: content events; None where the store has them all.
        feedback: on suggestions; without it only events tell what came of a decision.
    """

    log: Path
    events: Path | None = None
    feedback: Path | None = None


@dataclass(frozen=True)
class _Logged:
    """Decisions; from a store also its events, and the decisions that they name by event id."""

    decisions: list[LoggedDecision]
    events: pa.Table | None = None
    named: Mapping[str, str] | None = None


def write_outcomes(
    files: OutcomeFiles,
    target: Path,
    reporter: Reporter,
    *,
    window_days: int = WINDOW_DAYS,
    reward: Reward = "response",
    until: date | None = None,
    column_map: ColumnMap | None = None,
    max_rejects: float = 0.01,
) -> int:
    """Join the files as `join_outcomes` does and write the exposures as CSV; answers how many there are.

    Raises:
        InputError: a file that cannot be read or written, or what `join_outcomes` raises.
        TooManyRejectsError: more than the share `max_rejects` of the rows of events or feedback was bad.
    """
    given = (files.log, files.events, files.feedback)
    require_file_target(target, sources=[path for path in given if path is not None])
    logged = _logged(files.log)
    told = _read(files.events, TABLES["content_events"], reporter, max_rejects, column_map) if files.events else None
    joined = join_outcomes(
        logged.decisions,
        _joined(files.log, logged.events, told),
        feedback=_feedback(files.feedback, reporter, max_rejects) if files.feedback else None,
        named=logged.named,
        window_days=window_days,
        reward=reward,
        until=until,
    )
    for reason, count in joined.left_out.items():
        reporter.notice(f"left out: {counted(count, 'decision')} {reason}")
    write_exposures(target, joined.rows)
    return len(joined.rows)


def taken_up(feedback: pa.Table) -> Mapping[str, bool]:
    """Whether each suggestion was taken up, by decision id; what was said of it last holds."""
    rows = sorted(feedback.to_pylist(), key=lambda row: (row["at"], row["outcome"]))
    return {row["decision_id"]: row["outcome"] != _DISMISSED for row in rows if row["decision_id"]}


def _logged(log: Path) -> _Logged:
    if not is_sqlite_file(log):
        return _Logged(read_decisions(log))
    with ServiceStore.open(log, create=False) as store:
        return _Logged(list(store.decisions()), store.content_events(), store.named_decisions())


def _joined(log: Path, stored: pa.Table | None, told: pa.Table | None) -> pa.Table:
    """All events, each id once; of two that differ, the stored one stands."""
    if stored is None and told is None:
        raise InputError(f"{log} holds decisions alone: name the content events with --events")
    if stored is None or told is None:
        return told if stored is None else stored
    known = pc.is_in(told["event_id"], value_set=stored["event_id"].combine_chunks())
    return pa.concat_tables([stored, told.select(stored.column_names).filter(pc.invert(known))])


def _feedback(path: Path, reporter: Reporter, max_rejects: float) -> Mapping[str, bool]:
    table = _read(path, FEEDBACK, reporter, max_rejects)
    if others := table["decision_id"].null_count:
        reporter.notice(f"left out: {counted(others, 'feedback')} without a decision_id in {path}")
    return taken_up(table)


def _read(
    path: Path, spec: TableSpec, reporter: Reporter, max_rejects: float, column_map: ColumnMap | None = None
) -> pa.Table:
    rejects, notices = RejectLog(), Notices()
    if isinstance(column_map, VeevaMap):
        table = read_export({spec.name: path}, column_map, rejects, notices, date.today())[spec.name]
    else:
        table = read_table(path, spec, column_map=column_map, rejects=rejects, notices=notices)
    check_rejects(rejects, max_rejects)
    for message in (*notices.messages, *(f"not used: {reject}" for reject in rejects)):
        reporter.notice(message)
    return table
