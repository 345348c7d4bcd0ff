"""Scores by vectors and by words, fused into one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

DENSE_SHARE = 0.5
"""Both count alike: nothing was chosen on data."""


_ALIKE = 1e-30


def fuse(dense: Scores, lexical: Scores, *, dense_share: float = DENSE_SHARE) -> Scores:
    """Convex combination of two kinds of scores of q queries for the same n texts, (q, n) each, in [0, 1].

    For each query dense scores are scaled to 0 for the least and 1 for the best of all texts, lexical ones to 1 for the
    best, as none of them means 0. Where all are alike they are 0. Unlike ranks, scaled scores keep how far apart two
    texts are (Bruch, Gai and Ingber, 2023, "An analysis of fusion functions for hybrid retrieval", TOIS 42).
    """
    if not dense.shape[1]:
        return dense
    least, most = dense.min(axis=1, keepdims=True), dense.max(axis=1, keepdims=True)
    fused: Scores = (dense - least) * (dense_share * _inverse(most - least))
    if dense_share < 1:
        fused += lexical * ((1 - dense_share) * _inverse(lexical.max(axis=1, keepdims=True)))
    return fused


def _inverse(widths: Scores) -> Scores:
    """1 / width, 0 where all are alike."""
    inverse: Scores = np.divide(1, widths, out=np.zeros_like(widths), where=widths > _ALIKE)
    return inverse
