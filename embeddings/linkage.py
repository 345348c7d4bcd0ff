"""Clusters of vectors by average linkage, without a matrix of all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .encoder import Vectors
from .index import NOBODY, ExactIndex


def average_linkage(vectors: Vectors, least: float) -> NDArray[np.int64]:
    """The cluster (n,) of each row of unit vectors (n, d): clusters merge while their mean cosine is at least `least`.

    The mean cosine of all pairs between two clusters is the inner product of their mean vectors. Clusters that are
    each other's nearest are merged together: for average linkage that gives what merging the nearest pair first gives
    (Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983), and a cluster without a
    near enough neighbour never gets one. Memory grows with n, not with its square. Clusters are numbered by their
    first rows.
    """
    labels = np.arange(len(vectors))
    sums, sizes = np.array(vectors, dtype=np.float64), np.ones(len(vectors))
    nearest = np.full(len(vectors), NOBODY)
    alive, stale = np.arange(len(vectors)), np.arange(len(vectors))
    while len(stale):
        nearest[stale] = _nearest(sums, sizes, alive, stale, least)
        alive = alive[nearest[alive] != NOBODY]
        mutual = alive[(nearest[nearest[alive]] == alive) & (alive < nearest[alive])]
        partners = nearest[mutual]
        sums[mutual] += sums[partners]
        sizes[mutual] += sizes[partners]
        labels[partners] = mutual
        gone = np.isin(alive, partners)
        changed = np.isin(alive, mutual) | np.isin(nearest[alive], np.concatenate([mutual, partners]))
        stale, alive = alive[changed & ~gone], alive[~gone]
    return _numbered(_roots(labels))


def _nearest(
    sums: NDArray[np.float64],
    sizes: NDArray[np.float64],
    alive: NDArray[np.int64],
    stale: NDArray[np.int64],
    least: float,
) -> NDArray[np.int64]:
    """The nearest other living cluster (stale,) of each stale one; NOBODY where none is near enough."""
    means = np.asarray(sums[alive] / sizes[alive, None], dtype=np.float32)
    found = ExactIndex(means).search(means[np.searchsorted(alive, stale)], 2)
    column = (found.ids[:, 0] == np.searchsorted(alive, stale)).astype(np.int64)
    row = np.arange(len(stale))
    other, score = found.ids[row, column], found.scores[row, column]
    return np.where(score >= least, alive[other], NOBODY)


def _roots(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where following the labels ends."""
    while True:
        further = labels[labels]
        if np.array_equal(further, labels):
            return labels
        labels = further


def _numbered(roots: NDArray[np.int64]) -> NDArray[np.int64]:
    _, numbers = np.unique(roots, return_inverse=True)  # a root is the first row of its cluster
    return np.asarray(numbers, dtype=np.int64)
