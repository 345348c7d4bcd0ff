"""Could the difference be chance? A paired randomisation test that keeps clusters whole.

If the two systems were alike, it would not matter which of them said what. So their answers are exchanged at random,
for whole clusters at a time, and the p-value is the share of exchanges with a difference at least as large as the
observed one, in either direction (Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989). Clusters on which
the systems agree change nothing and are left out. With few left, every exchange is made and the p-value is exact; else
it is (1 + count) / (1 + draws), which never understates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats, Formula
from .paired_bootstrap import cluster_sums
from .pairing import Numbers, Pair

MOST_ENUMERATED = 12
"""With so many clusters that differ, or fewer, every exchange is made."""
_FIRST_DRAWS = 999
_CLEARLY_CHANCE = 100
"""A test with so many exchanges as large among the first draws is not drawn further (Besag & Clifford, 1991)."""
_FEWEST_DRAWS = 9_999
_DRAWS_A_TEST = 100
_CELLS = 1_000_000
"""Numbers held at once: blocks that stay in the processor's cache are fastest."""
_ROUNDING = 1e-12
"""Differences that are equal but for the order of additions count as equal."""


class _Exchange(Protocol):
    """A pair whose clusters can be exchanged; only those where the systems differ matter.

    Attributes:
        change: (differing clusters, k) what exchanging each adds to the old system's sums; k is 0 without an additive
            formula.
        cells: how many numbers it needs for each draw.
    """

    @property
    def change(self) -> Floats: ...

    @property
    def cells(self) -> int: ...

    def differences(self, exchanged: Floats, moved: Floats) -> Floats:
        """New minus old (draws,).

        Args:
            exchanged: (draws, differing clusters) 1 where a cluster is exchanged, else 0.
            moved: (draws, k) exchanged @ change.
        """
        ...


def p_values(pairs: Sequence[Pair], *, seed: int = 0) -> list[float]:
    """The two-sided p-value of each pair that old and new differ by chance; 1 where they agree on every item."""
    tests: list[_Exchange] = [_exchange(pair) for pair in pairs]
    sampled = [number for number, test in enumerate(tests) if len(test.change) > MOST_ENUMERATED]
    draws = enough_draws(len(tests))
    found = dict(zip(sampled, _sampled([tests[number] for number in sampled], draws, seed), strict=True))
    return [found[number] if number in found else _enumerated(test) for number, test in enumerate(tests)]


def enough_draws(tests: int) -> int:
    """Exchanges to draw, so that the smallest p-value there can be survives the correction for so many tests."""
    return max(_FEWEST_DRAWS, _DRAWS_A_TEST * tests - 1)


def _sampled(tests: Sequence[_Exchange], draws: int, seed: int) -> list[float]:
    """First few draws of all tests, then many of those that are not clearly chance."""
    random = np.random.default_rng(seed)
    counts = _counted(tests, _FIRST_DRAWS, random)
    made = np.full(len(tests), _FIRST_DRAWS)
    undecided = np.flatnonzero(counts < _CLEARLY_CHANCE).tolist()
    counts[undecided] += _counted([tests[number] for number in undecided], draws - _FIRST_DRAWS, random)
    made[undecided] = draws
    return [float(p) for p in (1 + counts) / (1 + made)]


def _counted(tests: Sequence[_Exchange], draws: int, random: np.random.Generator) -> NDArray[np.intp]:
    """How many draws are as large as observed; all tests share them, one with fewer clusters the first columns."""
    counts = np.zeros(len(tests), dtype=np.intp)
    if not tests:
        return counts
    observed = [_observed(test) for test in tests]
    changes, columns = _side_by_side([test.change for test in tests])
    rows = max(1, _CELLS // max(*changes.shape, *(test.cells for test in tests)))
    for first in range(0, draws, rows):
        exchanged = random.integers(2, size=(min(rows, draws - first), len(changes)), dtype=np.int8).astype(np.float64)
        moved = exchanged @ changes
        for number, test in enumerate(tests):
            found = test.differences(exchanged[:, : len(test.change)], moved[:, columns[number]])
            counts[number] += _as_large(found, observed[number])
    return counts


def _side_by_side(changes: Sequence[Floats]) -> tuple[Floats, list[slice]]:
    """Matrices as one, filled up with zeros, and the columns of each: one product in place of many narrow ones."""
    ends = np.cumsum([0, *(change.shape[1] for change in changes)]).tolist()
    columns = [slice(start, end) for start, end in pairwise(ends)]
    together = np.zeros((max(map(len, changes)), ends[-1]))
    for change, some in zip(changes, columns, strict=True):
        together[: len(change), some] = change
    return together, columns


def _enumerated(test: _Exchange) -> float:
    observed, count, clusters = _observed(test), 0, len(test.change)
    for exchanged in _every_exchange(clusters, max(1, _CELLS // test.cells)):
        count += _as_large(test.differences(exchanged, exchanged @ test.change), observed)
    return count / (1 << clusters)


def _every_exchange(clusters: int, rows: int) -> Iterator[Floats]:
    """All 2 ** clusters patterns of 0 and 1, some rows at a time."""
    for first in range(0, 2**clusters, rows):
        numbers = np.arange(first, min(first + rows, 2**clusters))
        yield (numbers[:, None] >> np.arange(clusters) & 1).astype(np.float64)


def _observed(test: _Exchange) -> float:
    clusters, sums = test.change.shape
    return float(test.differences(np.zeros((1, clusters)), np.zeros((1, sums)))[0])


def _as_large(differences: Floats, observed: float) -> int:
    """How many are at least as large; one that is not defined counts, since it cannot speak against chance."""
    smaller = np.abs(differences) < abs(observed) - _ROUNDING
    return len(differences) - int(np.count_nonzero(smaller))


def _exchange(pair: Pair) -> _Exchange:
    return _Rows.of(pair) if pair.formula.of_sums is None else _Sums.of(pair, pair.formula.of_sums)


@dataclass(frozen=True)
class _Sums:
    """An additive figure: sums (k,) of both systems, and what exchanging a cluster adds to the old one's (clusters, k).

    Sums that rounding has left next to 0 are 0: a formula may have to divide by them.
    """

    of_sums: Callable[[Floats], Floats]
    old: Floats
    new: Floats
    change: Floats
    negligible: Floats

    @classmethod
    def of(cls, pair: Pair, of_sums: Callable[[Floats], Floats]) -> _Sums:
        old, new = cluster_sums(pair, pair.old), cluster_sums(pair, pair.new)
        change = (new - old)[(old != new).any(axis=1)]
        negligible = _ROUNDING * (np.abs(old) + np.abs(new)).sum(axis=0)
        return cls(of_sums, old.sum(axis=0), new.sum(axis=0), change, negligible)

    @property
    def cells(self) -> int:
        return max(1, len(self.change), len(self.old))

    def differences(self, exchanged: Floats, moved: Floats) -> Floats:
        return self._values(self.new - moved) - self._values(self.old + moved)

    def _values(self, sums: Floats) -> Floats:
        return self.of_sums(np.where(np.abs(sums) <= self.negligible, 0.0, sums))


@dataclass(frozen=True)
class _Rows:
    """A figure that needs its items: statistics (rows, k) of the old and then the new system.

    Attributes:
        formula: of the figure.
        statistics: of both systems.
        place: (rows,) of the row's cluster among those that differ; after the last where the systems agree.
        is_old: (rows,) 1 for rows of the old system, 0 for those of the new.
        change: (differing clusters, 0).
    """

    formula: Formula
    statistics: Floats
    place: Numbers
    is_old: Floats
    change: Floats

    @classmethod
    def of(cls, pair: Pair) -> _Rows:
        count = len(pair.ids)
        differ = np.zeros(pair.clusters, dtype=bool)
        differ[pair.cluster[(pair.old.by_item(count) != pair.new.by_item(count)).any(axis=1)]] = True
        place = np.where(differ, np.cumsum(differ) - 1, differ.sum())
        item = np.concatenate([pair.old.item, pair.new.item])
        is_old = np.repeat([1.0, 0.0], [len(pair.old.item), len(pair.new.item)])
        statistics = np.concatenate([pair.old.statistics, pair.new.statistics])
        return cls(pair.formula, statistics, place[pair.cluster[item]], is_old, np.empty((differ.sum(), 0)))

    @property
    def cells(self) -> int:
        return len(self.statistics)

    def differences(self, exchanged: Floats, moved: Floats) -> Floats:
        of_cluster = np.hstack([exchanged, np.zeros((len(exchanged), 1))])
        as_old = np.abs(self.is_old - of_cluster[:, self.place])
        return self.formula.values(1 - as_old, self.statistics) - self.formula.values(as_old, self.statistics)
