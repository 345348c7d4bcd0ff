"""Ledger: every driver and barrier of every physician and brand, its state, how sure we are, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..records.derived import EVIDENCE, PROFILES, TRANSITIONS
from .base_rates import BaseRates
from .belief import Outlook, believe, effective_evidence, interval, trend
from .echoes import without_echoes
from .evidence import of_statements
from .ordering import Flags, Floats, Numbers, numbered, together
from .rep_habits import RepHabits
from .said import Said, days
from .silences import Silences
from .statements import OF_SUBJECT, Statement, subject_numbers
from .states import RESOLVED, Step, begun, walk

TREND_DAYS = 90
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Ledger:
    """Where everything stands (PROFILES) and each change of state on the way there (TRANSITIONS)."""

    profiles: pa.Table
    transitions: pa.Table


@dataclass(frozen=True)
class _Entries:
    """Subjects (m,) that have an entry.

    Attributes:
        first: (m,) their first rows in the table of statements.
        last: (m,) their last rows.
        steps: (m,) their steps, oldest first.
        of_row: (n,) number of each statement's entry; -1 where it has none.
    """

    first: Numbers
    last: Numbers
    steps: list[list[Step]]
    of_row: Numbers

    def __len__(self) -> int:
        return len(self.steps)

    @classmethod
    def of(cls, table: pa.Table, statements: Sequence[Statement]) -> _Entries:
        subject = subject_numbers(table)
        bounds = np.searchsorted(subject, np.arange(int(subject.max(initial=-1)) + 2))
        steps = [walk(statements[start:end]) for start, end in pairwise(bounds.tolist())]
        entered = np.array([bool(some) for some in steps], dtype=np.bool_)
        number = np.where(entered, np.cumsum(entered) - 1, -1)
        return cls(bounds[:-1][entered], bounds[1:][entered] - 1, [some for some in steps if some], number[subject])


@dataclass(frozen=True)
class _Beliefs:
    """Of entries (m,)."""

    probability: Floats
    evidence: Floats


def build_ledger(
    table: pa.Table,
    statements: Sequence[Statement],
    *,
    taxonomy: Taxonomy,
    as_of: date,
    rates: BaseRates,
    habits: RepHabits,
) -> Ledger:
    """The ledger on `as_of` of some physicians, from STATEMENTS in `Statement.order`, each once, none of them later.

    `statements` are the same as objects. A subject of which only somebody other than the physician ever said that it is
    over has no entry. Raises InputError where a statement's topic is not in the taxonomy.
    """
    entries = _Entries.of(table, statements)
    outlook = Outlook(
        half_life=_half_lives(table.take(entries.first), taxonomy),
        base_rate=rates.of_subjects([statements[row].subject for row in entries.first.tolist()]),
        silences=_silences(table, entries),
    )
    habit = np.array([habits.of_statement(statement) for statement in statements], dtype=np.float64)
    said = Said.of(table, entries.of_row, habit).of_rows(entries.of_row >= 0)
    today = as_of.toordinal() - _EPOCH
    now, before = (_beliefs(said, entries, outlook, day) for day in (today, today - TREND_DAYS))
    return Ledger(_profiles(table, statements, entries, now, before), _transitions(table, entries))


def _half_lives(firsts: pa.Table, taxonomy: Taxonomy) -> Floats:
    """(m,) days of the topics of entries, whose first statements these are."""
    topics = firsts["topic"].to_pylist()
    unknown = next((row for row, topic in enumerate(topics) if topic not in taxonomy.by_id), None)
    if unknown is not None:
        source, source_id = (firsts[name][unknown].as_py() for name in ("source", "source_id"))
        raise InputError(
            f"the statement of {source} {source_id!r} has the topic {topics[unknown]!r}, "
            f"which the taxonomy {taxonomy.name} {taxonomy.version} does not have; correct it or name its taxonomy"
        )
    return np.array([taxonomy.by_id[topic].half_life_days for topic in topics], dtype=np.float64)


def _silences(table: pa.Table, entries: _Entries) -> Silences:
    pair, record = (
        together(*(numbered(table[name]) for name in names)) for names in (("hcp_id", "brand"), ("source", "source_id"))
    )
    is_barrier = np.asarray(pc.equal(table["polarity"], "barrier").to_numpy())
    return Silences.of(pair, record, days(table["date"]), np.where(is_barrier, entries.of_row, -1))


def _beliefs(said: Said, entries: _Entries, outlook: Outlook, today: int) -> _Beliefs:
    """What was believed on a day from what was known by then."""
    resolved, since = _episodes(entries, today)
    counted = without_echoes(said.of_rows((said.day >= since[said.subject]) & (said.day <= today)))
    return _Beliefs(
        believe(counted, outlook, resolved=resolved, today=today),
        effective_evidence(counted, half_life=outlook.half_life, today=today),
    )


def _episodes(entries: _Entries, today: int) -> tuple[Flags, Numbers]:
    """(m,) whether each entry is resolved on that day, and the day with which its present episode began."""
    last = date.fromordinal(today + _EPOCH)
    taken = [[step for step in steps if step.date <= last] for steps in entries.steps]
    resolved = np.array([bool(steps) and steps[-1].after == RESOLVED for steps in taken], dtype=np.bool_)
    return resolved, np.array([begun(steps).toordinal() - _EPOCH for steps in taken], dtype=np.int64)


def _profiles(
    table: pa.Table, statements: Sequence[Statement], entries: _Entries, now: _Beliefs, before: _Beliefs
) -> pa.Table:
    low, high = interval(now.probability, now.evidence)
    columns = {
        **_named(table, entries.first),
        "state": [steps[-1].after for steps in entries.steps],
        "probability": now.probability,
        "low": low,
        "high": high,
        "trend": trend(now.probability, before.probability),
        "first_seen": table["date"].take(entries.first),
        "last_seen": table["date"].take(entries.last),
        "evidence": _evidence(table, statements, entries),
    }
    return pa.table(columns, schema=PROFILES)


def _evidence(table: pa.Table, statements: Sequence[Statement], entries: _Entries) -> pa.ListArray:
    """(m,) lists of EVIDENCE: all statements of each entry, newest first; ties by source, id and place."""
    keys = {"entry": pa.array(entries.of_row)} | {
        name: table[name] if filler is None else pc.fill_null(table[name], filler) for name, filler in _NEWEST.items()
    }
    directions = [(name, "descending" if name == "date" else "ascending") for name in keys]
    rows = pc.sort_indices(pa.table(keys), sort_keys=directions).to_numpy()
    rows = rows[entries.of_row[rows] >= 0]
    offsets = np.searchsorted(entries.of_row[rows], np.arange(len(entries) + 1))
    words = of_statements([statements[row] for row in rows.tolist()])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), words, type=pa.list_(EVIDENCE))


_NEWEST: dict[str, str | int | None] = {
    "date": None,
    "source": None,
    "source_id": "",
    "start": 0,
    "end": 0,
    "evidence": "",
}
"""What evidence is ordered by, and what stands for null."""


def _transitions(table: pa.Table, entries: _Entries) -> pa.Table:
    steps = [step for some in entries.steps for step in some]
    of_step = np.repeat(entries.first, [len(some) for some in entries.steps])
    columns = {
        **_named(table, of_step),
        "date": [step.date for step in steps],
        "from_state": [step.before for step in steps],
        "to_state": [step.after for step in steps],
        "cause": [step.cause for step in steps],
        "evidence": of_statements([step.statement for step in steps]),
    }
    return pa.table(columns, schema=TRANSITIONS)


def _named(table: pa.Table, rows: Numbers) -> dict[str, pa.ChunkedArray]:
    """The subjects of rows."""
    return {name: table[name].take(pa.array(rows)) for name in OF_SUBJECT}
