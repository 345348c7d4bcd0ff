"""What is looked at rather than read: reliability curves, confusions, examples with highlighted words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["hit", "missed", "false"]


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability curve: mean predicted probability, observed share with its interval, texts in it."""

    predicted: float
    observed: float
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class Reliability:
    """A reliability curve (DeGroot & Fienberg, 1983), bins of equal mass."""

    suite: str
    name: str
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Confusion:
    """Counts (true labels, predicted labels)."""

    suite: str
    name: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if [len(row) for row in self.counts] != [len(self.labels)] * len(self.labels):
            raise ValueError(f"confusion {self.name!r}: {len(self.labels)} labels need as many rows and columns")


@dataclass(frozen=True)
class Mark:
    """Words [start, end) of an example's text, and what was said of them.

    `hit`: said and true. `missed`: true, not said. `false`: said, not true.
    """

    start: int
    end: int
    label: str
    outcome: Outcome
    probability: float | None = None


@dataclass(frozen=True)
class Example:
    """One item as a person would check it; `text` has patient identifiers blacked out at the same length."""

    suite: str
    item_id: str
    cluster: str
    text: str
    marks: tuple[Mark, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
