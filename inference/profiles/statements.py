"""Statements as the profile stages read them: deduplicated, dated no later than `as_of`, in one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .ordering import Numbers, is_first, numbered

EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Subject:
    """What a ledger is kept of: one physician's driver or barrier of one topic for one brand (None: no brand named)."""

    hcp_id: str
    brand: str | None
    topic: str
    polarity: str

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Sorting key; statements without a brand come first."""
        return (self.hcp_id, self.brand or "", self.topic, self.polarity)


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of STATEMENTS, less what plays no part here (who annotated it)."""

    subject: Subject
    date: date
    source: str
    source_id: str
    rep_id: str | None
    status: str
    holder: str
    probability: float
    start: int | None
    end: int | None
    evidence: str | None

    @property
    def is_own(self) -> bool:
        """Whether the physician says it of the here and now; only such a statement opens or closes a ledger entry."""
        return self.holder == "hcp" and self.status != "hypothetical"

    @property
    def is_clear(self) -> bool:
        """Whether it is the physician's own and more likely than not read rightly."""
        return self.is_own and self.is_likely

    @property
    def is_likely(self) -> bool:
        """Whether it is more likely than not read rightly, whoever says it."""
        return self.probability >= EVEN

    @property
    def record(self) -> tuple[str, str]:
        """The note or survey response that it stands in."""
        return (self.source, self.source_id)

    @property
    def told(self) -> str:
        """Where it was said, in words."""
        kind = "a survey answer" if self.source == "survey" else f"a {self.source}"
        return f"{kind} of {self.date.isoformat()}"

    @property
    def order(self) -> tuple[object, ...]:
        """A total order: by subject, then date; the surest first within a record's day."""
        place = (self.source, self.source_id, -1 if self.start is None else self.start, self.end or -1)
        return (
            *self.subject.order,
            self.date,
            -self.probability,
            *place,
            self.status,
            self.holder,
            self.rep_id or "",
            self.evidence or "",
        )


def known_statements(table: pa.Table, as_of: date) -> pa.Table:
    """The rows of STATEMENTS that are dated no later than `as_of`."""
    return table.filter(pc.less_equal(table["date"], pa.scalar(as_of, pa.date32())))


OWN_AND_CLEAR = (pc.field("holder") == "hcp") & (pc.field("status") == "current") & (pc.field("probability") >= EVEN)
"""Rows of STATEMENTS in which the physician says clearly that the subject holds."""


def distinct(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The different values of some columns, in no fixed order."""
    return table.group_by(list(columns), use_threads=False).aggregate([])


def tally(table: pa.Table, columns: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """How many rows there are of each different values of some columns, in no fixed order."""
    found = table.group_by(list(columns), use_threads=False).aggregate([([], "count_all")])
    return dict(zip(zip(*_values(found, columns), strict=True), found["count_all"].to_pylist(), strict=True))


def in_order(table: pa.Table) -> pa.Table:
    """The rows of STATEMENTS, each once, in `Statement.order`; order and repetition of rows do not matter."""
    ordered = table.select(_ORDER).take(_order(table))
    return ordered.filter(pa.array(is_first(*(numbered(column) for column in ordered.columns))))


def subject_numbers(table: pa.Table) -> Numbers:
    """(n,) a number from 0 for the subject of each row, ascending; the rows are in `Statement.order`."""
    return np.cumsum(is_first(*(numbered(table[name]) for name in OF_SUBJECT))) - 1


def read_statements(table: pa.Table) -> list[Statement]:
    """The rows of a table in `Statement.order`; statements of one subject share one object for it."""
    subject_of = subject_numbers(table)
    firsts = table.filter(pa.array(is_first(subject_of)))
    subjects = [Subject(*values) for values in zip(*_values(firsts, OF_SUBJECT), strict=True)]
    rows = zip(subject_of.tolist(), *_values(table, _OF_STATEMENT), strict=True)
    return [Statement(subjects[number], *values) for number, *values in rows]


def by_subject(statements: Iterable[Statement]) -> Iterator[tuple[Subject, list[Statement]]]:
    """The statements of each subject, oldest first; `statements` must be in `Statement.order`."""
    for subject, group in groupby(statements, key=lambda statement: statement.subject):
        yield subject, list(group)


def _order(table: pa.Table) -> pa.Array:
    """Row numbers in `Statement.order`, in which equal rows are neighbours."""
    filled = {name: pc.fill_null(table[name], filler) for name, filler in _FILLERS.items()}
    keys = {name: filled.get(name, table[name]) for name in _ORDER}
    directions = [(name, "descending" if name == "probability" else "ascending") for name in _ORDER]
    return pc.sort_indices(pa.table(keys), sort_keys=directions)


_ORDER = (
    "hcp_id",
    "brand",
    "topic",
    "polarity",
    "date",
    "probability",
    "source",
    "source_id",
    "start",
    "end",
    "status",
    "holder",
    "rep_id",
    "evidence",
)
_FILLERS: dict[str, str | int] = {"brand": "", "start": -1, "end": -1, "rep_id": "", "evidence": ""}


def _values(table: pa.Table, names: Sequence[str]) -> list[list[Any]]:
    return [table[name].to_pylist() for name in names]


OF_SUBJECT = tuple(field.name for field in fields(Subject))
_OF_STATEMENT = tuple(field.name for field in fields(Statement))[1:]
