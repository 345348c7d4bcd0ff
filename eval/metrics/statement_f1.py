"""F1 of statements: does the note say it, whatever the exact words.

Definition: micro-averaged over notes, with each note's statements as a set of keys: F1 = 2 TP / (claimed + true).
1 where nothing is claimed and nothing is true.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Hits, claims and truths of a set of notes; counts add up over notes."""

    hits: int = 0
    claimed: int = 0
    true: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.claimed + other.claimed, self.true + other.true)

    @property
    def f1(self) -> float:
        """2 TP / (claimed + true)."""
        return 2 * self.hits / (self.claimed + self.true) if self.claimed + self.true else 1.0

    @property
    def precision(self) -> float:
        """TP / claimed; 1 where nothing is claimed."""
        return self.hits / self.claimed if self.claimed else 1.0

    @property
    def recall(self) -> float:
        """TP / true; 1 where nothing is true."""
        return self.hits / self.true if self.true else 1.0


def count_statements(claimed: AbstractSet[Hashable], true: AbstractSet[Hashable]) -> Counts:
    """Counts of one note."""
    return Counts(len(claimed & true), len(claimed), len(true))


def total(counts: Iterable[Counts]) -> Counts:
    """Counts of all notes together."""
    return sum(counts, Counts())


def micro_f1(counts: Sequence[Counts]) -> float:
    """F1 over all notes together."""
    return total(counts).f1
