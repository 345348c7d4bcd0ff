"""A few modules that do not all say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors

RELEVANCE_SHARE = 0.9


class MarginalRelevance:
    """What each of n modules is worth given those chosen so far (Carbonell and Goldstein, 1998).

    It is share * score - (1 - share) * the highest cosine with a module chosen before, so that before the first choice
    the order is that of the scores, and with a share of 1 it always is.

    Args:
        scores: (n,)
        wording: (n, d) unit vectors.
        relevance_share: the score's share against diversity, in [0, 1].
    """

    def __init__(
        self, scores: NDArray[np.float64], wording: Vectors, *, relevance_share: float = RELEVANCE_SHARE
    ) -> None:
        self._relevance = relevance_share * scores
        self._wording = wording
        self._weight = 1 - relevance_share
        self._closest: NDArray[np.float64] | None = None
        self._is_left = np.ones(len(scores), dtype=bool)

    @property
    def left(self) -> NDArray[np.int64]:
        """Rows that were not chosen, ascending: the caller's order breaks ties."""
        return np.flatnonzero(self._is_left).astype(np.int64)

    @property
    def values(self) -> NDArray[np.float64]:
        """Marginal relevance (n,) of all rows; of a row that was chosen it means nothing."""
        return self._relevance if self._closest is None else self._relevance - self._weight * self._closest

    def choose(self, row: int) -> None:
        """Put a row into the answer."""
        self._is_left[row] = False
        cosines = np.vecdot(self._wording, self._wording[row]).astype(np.float64)
        self._closest = cosines if self._closest is None else np.maximum(self._closest, cosines)


def most_relevant(
    scores: NDArray[np.float64], wording: Vectors, k: int, *, relevance_share: float = RELEVANCE_SHARE
) -> NDArray[np.int64]:
    """The k places of the highest marginal relevance, one after the other, in each of b lists; -1 where none is left.

    Of equal ones the first is the better.

    Args:
        scores: (b, n), minus infinity where a list has ended.
        wording: (b, n, d) unit vectors.
        k: how many.
        relevance_share: see `MarginalRelevance`.
    """
    lists = np.arange(len(scores))
    left = scores > -np.inf
    relevance = relevance_share * np.where(left, scores, 0.0)
    closest = np.full(scores.shape, -np.inf)
    values = relevance
    places = np.full((len(scores), k), -1)
    for slot in range(min(k, scores.shape[1])):
        best = np.argmax(np.where(left, values, -np.inf), axis=1)
        places[:, slot] = np.where(left[lists, best], best, -1)
        left[lists, best] = False
        if slot + 1 < k:
            cosines = (wording @ wording[lists, best][..., None])[..., 0]
            np.maximum(closest, cosines, out=closest)
            values = relevance - (1 - relevance_share) * closest
    return places
