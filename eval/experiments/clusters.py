"""How alike units of one cluster are, and how many units that costs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics import Floats, cluster_numbers


@dataclass(frozen=True)
class DesignEffect:
    """By how much clusters widen the variance of a mean.

    Attributes:
        clusters: how many.
        mean_size: units a cluster.
        size_variation: coefficient of variation of the sizes.
        intraclass_correlation: correlation of two units of a cluster.
        value: 1 + ((1 + cv²) mean size - 1) icc (Kish, 1965; Eldridge, Ashby & Kerry, 2006).
    """

    clusters: int
    mean_size: float
    size_variation: float
    intraclass_correlation: float
    value: float


def design_effect(clusters: Sequence[str], intraclass_correlation: float) -> DesignEffect:
    """The design effect of clusters of unequal size, from the cluster (n,) of each unit."""
    sizes = np.bincount(cluster_numbers(clusters)).astype(np.float64)
    mean, variation = float(sizes.mean()), float(sizes.std() / sizes.mean())
    value = 1 + ((1 + variation**2) * mean - 1) * intraclass_correlation
    return DesignEffect(len(sizes), mean, variation, intraclass_correlation, value)


def intraclass_correlation(values: Floats, clusters: Sequence[Hashable]) -> float | None:
    """The ANOVA estimate from values (n,), never below 0 (Donner & Koval, 1980).

    None where it cannot be told: one cluster, no cluster with two units, or values that are all the same.
    """
    cluster = cluster_numbers(clusters)
    sizes = np.bincount(cluster).astype(np.float64)
    count, groups = len(values), len(sizes)
    if groups < 2 or count == groups or np.ptp(values) == 0:
        return None
    means = np.bincount(cluster, values) / sizes
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (groups - 1)
    within = float(((values - means[cluster]) ** 2).sum()) / (count - groups)
    typical_size = (count - float((sizes**2).sum()) / count) / (groups - 1)
    return max(0.0, (between - within) / (between + (typical_size - 1) * within))


def bearing_clusters(clusters: Sequence[str], intraclass_correlation: float) -> float:
    """How many equal clusters would tell as much of the error as these do, from the cluster (n,) of each unit.

    Satterthwaite's: the square of the sum, over the sum of squares, of each cluster's share of the variance.
    """
    sizes = np.bincount(cluster_numbers(clusters)).astype(np.float64)
    shares = intraclass_correlation * sizes**2 + (1 - intraclass_correlation) * sizes
    return float(shares.sum() ** 2 / (shares**2).sum())
