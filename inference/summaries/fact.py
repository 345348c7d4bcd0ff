"""A fact of a brief that may be summarised, and the dimensions in which it says something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

STAGE_SUBJECT = "adoption_stage"

Dimension = Literal["polarity", "state", "trend", "holder", "stance", "stage"]


@dataclass(frozen=True)
class Fact:
    """What a run believes of one topic, channel or the adoption stage; what it says nothing of is None.

    Attributes:
        subject: id of a topic, a channel, or `STAGE_SUBJECT`.
        name: what sentences call the subject.
        statements: ids of the statements that it rests on, such as "note N1 14-52".
        polarity: driver or barrier.
        state: open, reopened, contradicted or resolved.
        trend: rising, steady or falling.
        since: the day since which it is so.
        holder: whose view it is: physician, rep or other.
        stance: prefers or avoids, of a channel.
        stage: the adoption stage.
        quotes: whole quotations, redacted, none of them of a record with a safety flag.
    """

    subject: str
    name: str
    statements: tuple[str, ...] = ()
    polarity: str | None = None
    state: str | None = None
    trend: str | None = None
    since: date | None = None
    holder: str | None = None
    stance: str | None = None
    stage: str | None = None
    quotes: tuple[str, ...] = ()

    def value_of(self, dimension: Dimension) -> str | None:
        """What it says in a dimension."""
        value: str | None = getattr(self, dimension)
        return value


def long_day(day: date) -> str:
    """Such as 3 March 2026, the same in every locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
