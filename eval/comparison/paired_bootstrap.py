"""Intervals of differences: old and new under the same draws of clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ..metrics import Floats, bootstrap_values, interval, summed_by_cluster
from .pairing import Pair, Sample

Interval = tuple[float, float] | tuple[None, None]


def paired_intervals(pairs: Sequence[Pair], *, seed: int = 0) -> list[Interval]:
    """The clustered 95 % interval of new minus old of each pair; (None, None) where there is too little to say.

    What both systems find equally hard or easy is in both terms of every draw and cancels: the interval is that of the
    difference, narrower than two separate intervals suggest.
    """
    found: dict[int, Interval] = {}
    for numbers in _drawn_alike(pairs):
        together = [pairs[number] for number in numbers]
        for number, drawn in zip(numbers, _differences(together, seed), strict=True):
            old, new = pairs[number].values
            found[number] = interval(drawn, pairs[number].clusters, value=new - old)
    return [found[number] for number in range(len(pairs))]


def _drawn_alike(pairs: Sequence[Pair]) -> list[list[int]]:
    """Pairs that one set of draws serves: one additive formula, as many clusters; the others alone."""
    groups: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        alone = number if pair.formula.of_sums is None else None
        groups[pair.formula.name, pair.clusters, alone].append(number)
    return list(groups.values())


def _differences(pairs: Sequence[Pair], seed: int) -> list[Floats]:
    """New minus old (draws,) of each pair; all of one group."""
    first = pairs[0]
    if first.formula.of_sums is None:
        old, new = (
            bootstrap_values(first.formula, [sample.statistics], first.cluster[sample.item], seed=seed)[0]
            for sample in (first.old, first.new)
        )
        return [new - old]
    sums = [cluster_sums(pair, sample) for pair in pairs for sample in (pair.old, pair.new)]
    values = bootstrap_values(first.formula, sums, np.arange(first.clusters), seed=seed)
    return list(values[1::2] - values[::2])


def cluster_sums(pair: Pair, sample: Sample) -> Floats:
    """A system's statistics (clusters, k), added up within clusters: all that an additive formula needs."""
    return summed_by_cluster(sample.statistics, pair.cluster[sample.item], pair.clusters)
