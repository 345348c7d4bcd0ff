"""How well words that were found agree with words that were labelled, both as labelled spans [start, end).

Exact and partial matching as at SemEval-2013 task 9 (Segura-Bedmar et al., 2013), which took them from MUC-5 (Chinchor
& Sundheim, 1993): an exact match counts 1, and in partial matching one that overlaps counts one half. A span matches
none but one of its own label, and each at most once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from .formulas import Floats

_OF_AN_OVERLAP = 0.5


Place = tuple[int, int]
"""Words [start, end) of a text."""


class Span(NamedTuple):
    """Words [start, end) of a text, and what was said of them."""

    label: Hashable
    start: int
    end: int

    @property
    def place(self) -> Place:
        """Where the words stand."""
        return self.start, self.end


Spans = Sequence[AbstractSet[Span]]


def exact_span_counts(claimed: Spans, true: Spans) -> Floats:
    """(n, 3) hits, claimed, true of each text, a hit being the same words: the statistics of F1."""
    return _rows((len(c & t), len(c), len(t)) for c, t in zip(claimed, true, strict=True))


def partial_span_counts(claimed: Spans, true: Spans) -> Floats:
    """(n, 3) hits, claimed, true of each text, where an overlap is half a hit: the statistics of F1."""
    return _rows((_partial_hits(c, t), len(c), len(t)) for c, t in zip(claimed, true, strict=True))


def character_counts(claimed: Spans, true: Spans) -> Floats:
    """(n, 3) characters of each label in both, in the claimed, in the true: the statistics of F1."""
    rows = []
    for c, t in zip(claimed, true, strict=True):
        in_claimed, in_true = characters(c), characters(t)
        rows.append((len(in_claimed & in_true), len(in_claimed), len(in_true)))
    return _rows(rows)


def characters(spans: Iterable[Span]) -> set[tuple[Hashable, int]]:
    """Every labelled character, once."""
    return {(label, position) for label, start, end in spans for position in range(start, end)}


def overlap(one: Place, other: Place) -> bool:
    """Whether two places share a character."""
    return one[0] < other[1] and other[0] < one[1]


def _partial_hits(claimed: AbstractSet[Span], true: AbstractSet[Span]) -> float:
    """The best pairing of claimed and true spans of the same label."""
    if not claimed or not true:
        return 0.0
    credit = np.asarray([[_credit(c, t) for t in true] for c in claimed])
    return float(credit[linear_sum_assignment(credit, maximize=True)].sum())


def _credit(claimed: Span, true: Span) -> float:
    if claimed == true:
        return 1.0
    return _OF_AN_OVERLAP if claimed.label == true.label and overlap(claimed.place, true.place) else 0.0


def _rows(rows: Iterable[tuple[float, float, float]]) -> Floats:
    return np.asarray(list(rows), dtype=np.float64).reshape(-1, 3)
