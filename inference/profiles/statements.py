"""Statements as the profile stages read them: deduplicated, dated no later than `as_of`, in one fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

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


def read_statements(table: pa.Table, as_of: date) -> list[Statement]:
    """The statements dated no later than `as_of`, each once, in `Statement.order`.

    Row order and repeated rows of the table make no difference.
    """
    known = table.filter(pc.less_equal(table["date"], pa.scalar(as_of, pa.date32())))
    return sorted(set(_statements(known)), key=lambda statement: statement.order)


def by_subject(statements: Iterable[Statement]) -> Iterator[tuple[Subject, list[Statement]]]:
    """The statements of each subject, oldest first; `statements` must be in `Statement.order`."""
    for subject, group in groupby(statements, key=lambda statement: statement.subject):
        yield subject, list(group)


def _statements(table: pa.Table) -> Iterator[Statement]:
    for row in table.to_pylist():
        yield Statement(
            subject=Subject(row["hcp_id"], row["brand"], row["topic"], row["polarity"]),
            date=row["date"],
            source=row["source"],
            source_id=row["source_id"],
            rep_id=row["rep_id"],
            status=row["status"],
            holder=row["holder"],
            probability=row["probability"],
            start=row["start"],
            end=row["end"],
            evidence=row["evidence"],
        )
