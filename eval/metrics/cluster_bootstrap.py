"""Intervals that respect that notes of one physician are alike.

Bootstrap over clusters (Field & Welsh, 2007): whole clusters are drawn with replacement. The percentile interval is
expanded for the number of clusters (Hesterberg, 2015): plain percentiles are too narrow by sqrt((G - 1) / G) and by the
normal in place of Student's t; and corrected for bias (Efron, 1981): draws of a macro average lie below the figure,
because some of them miss a rare label. Where every draw of a share gives 0 or 1, the exact binomial bound of G
clusters stands (Clopper & Pearson, 1934): 0 of 10 does not prove never.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from .estimate import TOO_FEW_CLUSTERS, Estimate
from .formulas import Floats, Formula

LEVEL = 0.95
DRAWS = 1000
_CELLS = 10_000_000
"""Weights held at once: draws are made in blocks of so many cells."""
_MOST_DRAWN = 10_000
"""More clusters than these are put together at random into so many groups: the interval stays right, and quick."""
_LEAST_BELOW = 0.05
"""The correction for bias goes no further than if this share of the draws lay on one side of the figure."""
_ROUNDING = 1e-12
_MOST_UNDEFINED = 0.2
"""Where more than this share of the draws has no value, there is no interval."""


def clustered_estimate(
    formula: Formula,
    statistics: Floats,
    clusters: Sequence[Hashable],
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The formula's value of all items, with an interval over clusters.

    Args:
        formula: what to compute.
        statistics: (n, k) per item, as the formula wants them.
        clusters: (n,) to whom each item belongs.
        level: of the interval.
        draws: bootstrap draws.
        seed: the same seed and clusters give the same draws, so that estimates can be compared.

    Raises:
        ValueError: not one cluster an item, or no items.
    """
    values = np.asarray(statistics, dtype=np.float64)
    if len(values) != len(clusters) or not len(values):
        raise ValueError(f"{len(values)} items with {len(clusters)} clusters: one an item, and at least one")
    cluster = cluster_numbers(clusters)
    count = int(cluster.max()) + 1
    drawn = bootstrap_values(formula, [values], cluster, draws=draws, seed=seed)[0]
    value = formula.value(values)
    low, high = interval(drawn, count, value=value, level=level)
    if formula.bounded and low is not None and low == high and value in (0.0, 1.0):
        low, high = _never_or_always(value, count, level)
    return Estimate(value, low, high, len(values), count)


def clustered_difference(
    formula: Formula,
    old: Floats,
    new: Floats,
    clusters: Sequence[Hashable],
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The new system's value minus the old one's on the same items (n, k), with a paired interval over clusters.

    Raises:
        ValueError: not one cluster an item, or no items.
    """
    if not len(old) == len(new) == len(clusters) or not len(clusters):
        raise ValueError(f"{len(old)} and {len(new)} items, {len(clusters)} clusters: as many of each, at least one")
    cluster = cluster_numbers(clusters)
    count = int(cluster.max()) + 1
    before, after = bootstrap_values(formula, [old, new], cluster, draws=draws, seed=seed)
    value = formula.value(new) - formula.value(old)
    low, high = interval(after - before, count, value=value, level=level)
    return Estimate(value, low, high, len(clusters), count)


def cluster_numbers(clusters: Sequence[Hashable]) -> NDArray[np.intp]:
    """Clusters as numbers from 0, in the order of their names, so that the order of items tells nothing."""
    known = {cluster: number for number, cluster in enumerate(sorted(set(clusters), key=_order))}
    return np.asarray([known[cluster] for cluster in clusters], dtype=np.intp)


def _order(cluster: Hashable) -> tuple[str, str]:
    return (str(cluster), type(cluster).__name__)


def bootstrap_values(
    formula: Formula, systems: Sequence[Floats], cluster: NDArray[np.intp], *, draws: int = DRAWS, seed: int = 0
) -> Floats:
    """Values (systems, draws): every system's statistics (n, k) under the same draws of clusters."""
    cluster = _drawn_together(cluster, seed)
    count = int(cluster.max()) + 1
    if formula.of_sums is not None:
        sums = [summed_by_cluster(statistics, cluster, count) for statistics in systems]
        blocks = [
            [formula.values(weights, of_cluster) for of_cluster in sums] for weights in _weights(count, draws, seed)
        ]
    else:
        blocks = [
            [formula.values(weights[:, cluster], statistics) for statistics in systems]
            for weights in _weights(count, draws, seed, cells=len(cluster))
        ]
    return np.concatenate([np.stack(block) for block in blocks], axis=1)


def _drawn_together(cluster: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    count = int(cluster.max()) + 1
    if count <= _MOST_DRAWN:
        return cluster
    group: NDArray[np.intp] = np.arange(count) % _MOST_DRAWN
    return np.random.default_rng(seed).permutation(group)[cluster]


def summed_by_cluster(statistics: Floats, cluster: NDArray[np.intp], count: int) -> Floats:
    """Statistics (clusters, k) added up within clusters."""
    sums = np.zeros((count, statistics.shape[1]))
    np.add.at(sums, cluster, statistics)
    return sums


def _weights(count: int, draws: int, seed: int, cells: int | None = None) -> Iterator[Floats]:
    """How often each cluster is drawn, (some draws, clusters) at a time."""
    random = np.random.default_rng(seed)
    block = max(1, _CELLS // max(count, cells or 0))
    for first in range(0, draws, block):
        rows = min(block, draws - first)
        picks = random.integers(count, size=(rows, count)) + count * np.arange(rows)[:, None]
        yield np.bincount(picks.ravel(), minlength=rows * count).reshape(rows, count).astype(np.float64)


def interval(
    drawn: Floats, clusters: float, *, value: float | None = None, level: float = LEVEL
) -> tuple[float, float] | tuple[None, None]:
    """The expanded, bias-corrected percentile interval of bootstrap values; (None, None) where there is too little.

    Args:
        drawn: (draws,) values; NaN where a draw has none.
        clusters: how many clusters were drawn from, or as how many of one size they count.
        value: the figure that was resampled; None where the draws are known to be unbiased.
        level: of the interval.
    """
    defined = drawn[~np.isnan(drawn)]
    if clusters < TOO_FEW_CLUSTERS or len(defined) < (1 - _MOST_UNDEFINED) * len(drawn):
        return None, None
    spread = sqrt(clusters / (clusters - 1)) * t.ppf((1 + level) / 2, clusters - 1)
    shift = 0.0 if value is None else _twice_the_bias(defined, value)
    low, high = np.quantile(defined, [norm.cdf(shift - spread), norm.cdf(shift + spread)])
    return float(low), float(high)


def _twice_the_bias(drawn: Floats, value: float) -> float:
    level = np.abs(drawn - value) <= _ROUNDING * max(1.0, abs(value))  # added up in another order
    below = np.mean((drawn < value) & ~level) + np.mean(level) / 2
    return float(2 * norm.ppf(np.clip(below, _LEAST_BELOW, 1 - _LEAST_BELOW)))


def _never_or_always(value: float, clusters: int, level: float) -> tuple[float, float]:
    bound = ((1 - level) / 2) ** (1 / clusters)
    return (0.0, 1 - bound) if value == 0.0 else (bound, 1.0)
