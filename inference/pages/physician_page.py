"""What a page says of one physician and brand, apart from how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Person:
    """Who it is; `facts` are what the roster says, such as "cardiology"."""

    hcp_id: str
    name: str | None
    facts: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Name and id, or the id alone."""
        return f"{self.name} ({self.hcp_id})" if self.name else self.hcp_id


@dataclass(frozen=True)
class Quotation:
    """Words, and the record and day they are of; the words are None where there are none."""

    words: str | None
    source: str
    record: str | None
    day: date

    @property
    def where(self) -> str:
        """The record, such as "note N1"."""
        return f"{self.source} {self.record}" if self.record else self.source


@dataclass(frozen=True)
class Belief:
    """A probability with its 90 % interval."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class Moment:
    """A step in a story: what became of it that day, the state since, why in one line, and the words."""

    day: date
    what: str
    state: str
    cause: str
    quotation: Quotation | None


@dataclass(frozen=True)
class Entry:
    """A driver or barrier. Days and trend are None, and there are no words, where it is only expected."""

    topic: str
    polarity: str
    state: str
    belief: Belief
    trend: str | None
    first_seen: date | None
    last_seen: date | None
    story: tuple[Moment, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True)
class OpenFlag:
    """A safety flag that nobody has closed."""

    kind: str
    record: str
    day: date | None
    due: date | None
    is_overdue: bool
    words: str | None


@dataclass(frozen=True)
class Disagreement:
    """A conflict with the words of each side."""

    topic: str
    what: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True)
class Channel:
    """How likely the physician is to engage in a channel."""

    name: str
    rank: int
    belief: Belief
    stated: str | None
    is_allowed: bool
    why: str


@dataclass(frozen=True)
class Stage:
    """How far the physician uses the brand, and how that came to be."""

    name: str
    probability: float
    why: str
    story: tuple[Moment, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True)
class PhysicianPage:
    """One physician and brand on a day.

    Attributes:
        barriers: those that are believed open, likeliest first; those to expect where nothing is known.
        drivers: the same of drivers.
        past: what is resolved, faded or was only hinted at.
        expected_of: why there is only the segment's view; None where anything is known of the physician.
        unknown: what is not known, a sentence each.
    """

    person: Person
    brand: str | None
    as_of: date
    last_contact: str | None
    flags: tuple[OpenFlag, ...]
    conflicts: tuple[Disagreement, ...]
    barriers: tuple[Entry, ...]
    drivers: tuple[Entry, ...]
    past: tuple[Entry, ...]
    channels: tuple[Channel, ...]
    stage: Stage | None
    expected_of: str | None
    unknown: tuple[str, ...]
