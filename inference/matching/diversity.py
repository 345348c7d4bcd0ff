"""A few modules that do not all say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors

RELEVANCE_SHARE = 0.9


def most_diverse(
    scores: NDArray[np.float64], vectors: Vectors, k: int, *, relevance_share: float = RELEVANCE_SHARE
) -> list[int]:
    """Up to k rows in the order of greedy maximal marginal relevance; the first is the highest score.

    Each next row maximises share * score - (1 - share) * its highest cosine with a row chosen before (Carbonell and
    Goldstein, 1998). Of equal rows the first wins, so the caller's order breaks ties. A share of 1 sorts by score.
    """
    chosen: list[int] = []
    closest = np.zeros(len(scores))
    left = np.ones(len(scores), dtype=bool)
    for _ in range(min(k, len(scores))):
        marginal = relevance_share * scores - (1 - relevance_share) * closest
        best = int(np.argmax(np.where(left, marginal, -np.inf)))
        chosen.append(best)
        left[best] = False
        cosines = vectors @ vectors[best]
        closest = cosines if len(chosen) == 1 else np.maximum(closest, cosines)
    return chosen
