"""A few modules that do not all say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RELEVANCE_SHARE = 0.9


class MarginalRelevance:
    """What each of n modules is worth given those chosen so far (Carbonell and Goldstein, 1998).

    It is share * score - (1 - share) * the highest cosine with a module chosen before, so that before the first choice
    the order is that of the scores, and with a share of 1 it always is.

    Args:
        scores: (n,)
        cosines: (n, n) of their wording.
        relevance_share: the score's share against diversity, in [0, 1].
    """

    def __init__(
        self, scores: NDArray[np.float64], cosines: NDArray[np.float32], *, relevance_share: float = RELEVANCE_SHARE
    ) -> None:
        self._relevance = relevance_share * scores
        self._cosines = cosines
        self._weight = 1 - relevance_share
        self._closest: NDArray[np.float64] | None = None
        self._is_left = np.ones(len(scores), dtype=bool)
        self._chosen = 0

    @property
    def left(self) -> NDArray[np.int64]:
        """Rows that were not chosen, ascending: the caller's order breaks ties."""
        return np.flatnonzero(self._is_left).astype(np.int64)

    @property
    def values(self) -> NDArray[np.float64]:
        """Marginal relevance (n,) of all rows; of a row that was chosen it means nothing."""
        return self._relevance if self._closest is None else self._relevance - self._weight * self._closest

    def best(self) -> int | None:
        """The row of the highest value that is left, the first of equal ones; None where none is."""
        if self._chosen == len(self._relevance):
            return None
        return int(np.argmax(np.where(self._is_left, self.values, -np.inf)))

    def choose(self, row: int) -> None:
        """Put a row into the answer."""
        self._is_left[row] = False
        self._chosen += 1
        cosines = self._cosines[row].astype(np.float64)
        self._closest = cosines if self._closest is None else np.maximum(self._closest, cosines)
