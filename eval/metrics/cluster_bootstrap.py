"""Intervals that respect that notes of one physician are alike.

Percentile bootstrap over clusters (Field & Welsh, 2007): whole clusters are drawn with replacement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

FEW_CLUSTERS = 30


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval, and how much it rests on; `few` where the clusters are too few to trust it."""

    value: float
    low: float
    high: float
    items: int
    clusters: int

    @property
    def few(self) -> bool:
        """Fewer than 30 clusters: the interval is likely too narrow."""
        return self.clusters < FEW_CLUSTERS

    def __str__(self) -> str:
        caution = ", few clusters" if self.few else ""
        return (
            f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] (n = {self.items}, {self.clusters} clusters{caution})"
        )


def clustered_estimate(
    items: Sequence[Item],
    clusters: Sequence[Hashable],
    statistic: Callable[[Sequence[Item]], float],
    *,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The statistic of all items, with a percentile interval over clusters drawn with replacement.

    Raises:
        ValueError: no items, or not one cluster an item.
    """
    if not items or len(items) != len(clusters):
        raise ValueError(f"{len(items)} items with {len(clusters)} clusters: one an item, and at least one")
    members: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for item, cluster in zip(items, clusters, strict=True):
        members[cluster].append(item)
    groups = list(members.values())
    random = np.random.default_rng(seed)
    values = [
        statistic([item for group in random.integers(len(groups), size=len(groups)) for item in groups[group]])
        for _ in range(draws)
    ]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(statistic(items), float(low), float(high), len(items), len(groups))
