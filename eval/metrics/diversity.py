"""How different the items of one list are from each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def intra_list_diversity(vectors: NDArray[np.floating]) -> float:
    """One minus the mean cosine of all pairs of unit vectors (n, d) (Smyth & McClave, 2001); NaN for fewer than two.

    0: all say the same; 1: none resembles another.
    """
    count = len(vectors)
    if count < 2:
        return float("nan")
    total = np.asarray(vectors, dtype=np.float64).sum(axis=0)
    return float(1.0 - (total @ total - count) / (count * (count - 1)))
