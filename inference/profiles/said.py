"""What was said of subjects, in columns: the statements that beliefs are made of, many subjects at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .ordering import Flags, Floats, Numbers, encoded, numbered, together

SOURCE_WEIGHT = {"note": 1.0, "survey": 1.2, "event": 0.5}  # a survey is the physician's own hand, a note the rep's
HOLDER_WEIGHT = {"hcp": 1.0, "other": 0.3, "rep": 0.2}
HYPOTHETICAL_WEIGHT = 0.25


@dataclass(frozen=True)
class Said:
    """Statements (n,) of subjects, one subject's after another's and each subject's oldest first.

    Attributes:
        subject: number of the subject, ascending.
        day: days since 1970.
        probability: that the statement was read rightly.
        habit: the share of its like that is its rep's habit, in [0, 1).
        weight: how much it counts by source and holder, before its probability; 1 is an own word in a note.
        is_own: whether the physician says it of the here and now.
        is_over: whether it says that the subject no longer holds.
        voice: a number for each source, rep, holder and status.
        wording: a number for each words, holder and status; -1 where there are no words.
    """

    subject: Numbers
    day: Numbers
    probability: Floats
    habit: Floats
    weight: Floats
    is_own: Flags
    is_over: Flags
    voice: Numbers
    wording: Numbers

    def __len__(self) -> int:
        return len(self.subject)

    @classmethod
    def of(cls, table: pa.Table, subject: Numbers, habit: Floats) -> Said:
        """The rows of STATEMENTS in `Statement.order`, with the number of each row's subject and its rep's habit."""
        status, holder, source = (numbered(table[name]) for name in ("status", "holder", "source"))
        rep = numbered(pc.fill_null(table["rep_id"], ""))
        words = _wordings(table["evidence"])
        is_conditional = _are(table["status"], "hypothetical")
        return cls(
            subject=subject,
            day=days(table["date"]),
            probability=table["probability"].to_numpy(),
            habit=habit,
            weight=_weights(table["source"], SOURCE_WEIGHT, 1.0)
            * _weights(table["holder"], HOLDER_WEIGHT, 0.2)
            * np.where(is_conditional, HYPOTHETICAL_WEIGHT, 1.0),
            is_own=_are(table["holder"], "hcp") & ~is_conditional,
            is_over=_are(table["status"], "resolved"),
            voice=together(source, rep, holder, status),
            wording=np.where(words >= 0, together(words, holder, status), -1),
        )

    def of_rows(self, rows: NDArray[np.intp] | Flags) -> Said:
        """Some of them."""
        return Said(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def with_probability(self, probability: Floats) -> Said:
        """The same, read with other probabilities (n,)."""
        return replace(self, probability=probability)


def days(dates: pa.ChunkedArray) -> Numbers:
    """(n,) days since 1970."""
    return np.asarray(dates.cast(pa.int32()).to_numpy().astype(np.int64))


def in_turn(subject: Numbers) -> Iterator[NDArray[np.intp]]:
    """The rows that are the first of their subject, then the second ones, and so on; `subject` (n,) is ascending."""
    turn = np.arange(len(subject)) - np.searchsorted(subject, subject)
    ends = np.cumsum(np.bincount(turn))
    return iter(np.split(np.argsort(turn, kind="stable"), ends[:-1]))


def _are(column: pa.ChunkedArray, value: str) -> Flags:
    return np.asarray(pc.equal(column, value).to_numpy())


def _weights(column: pa.ChunkedArray, weights: Mapping[str, float], otherwise: float) -> Floats:
    """(n,) the weight of each row's value."""
    values, codes = encoded(column)
    return np.array([weights.get(value, otherwise) for value in values.to_pylist()])[codes]


def _wordings(column: pa.ChunkedArray) -> Numbers:
    """(n,) a number for each wording, whatever its capitals and spaces; -1 where there are no words."""
    texts, codes = encoded(column)
    seen = {"": -1}
    numbers = [seen.setdefault(" ".join(text.casefold().split()), len(seen)) for text in texts.to_pylist()]
    return np.array([*numbers, -1])[codes]  # the code -1 of what is null takes the last
