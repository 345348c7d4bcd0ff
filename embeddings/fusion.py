"""Reciprocal rank fusion of rankings that were made by different means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RANK_CONSTANT = 60
"""k of Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion outperforms Condorcet", SIGIR."""


def reciprocal_rank_fusion(
    rankings: Sequence[NDArray[np.float32]], *, rank_constant: int = RANK_CONSTANT
) -> NDArray[np.float64]:
    """Fuse score arrays (n,) over the same n items into one (n,): the sum of 1 / (k + rank), ranks from 1.

    Equal scores share the best of their ranks, so that the result does not depend on the order of the items. A score
    of -inf, or of NaN, is no rank at all and adds nothing; without rankings the result is empty.
    """
    if not rankings:
        return np.zeros(0)
    fused = np.zeros(len(rankings[0]))
    for scores in rankings:
        fused += _reciprocal_ranks(np.asarray(scores), rank_constant)
    return fused


def _reciprocal_ranks(scores: NDArray[np.float32], rank_constant: int) -> NDArray[np.float64]:
    ranked = scores > -np.inf
    ordered = np.sort(scores[ranked])
    better = len(ordered) - np.searchsorted(ordered, scores[ranked], side="right")
    reciprocal = np.zeros(len(scores))
    reciprocal[ranked] = 1.0 / (rank_constant + better + 1)
    return reciprocal
