"""How far what surrounds a clause is already known: clauses that statements, preferences or flags claim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from ...embeddings.index import ExactIndex
from ..progress import Done

NEIGHBOURS = 20
_AT_ONCE = 4096


def known_shares(
    clauses: Vectors, known: Vectors, certainty: NDArray[np.float64], least: float, done: Done
) -> NDArray[np.float64]:
    """The share (n,) of the neighbourhood of each clause (n, d) that is known: 0 where it has no neighbour.

    Neighbours are the 20 nearest other clauses, known or not; each weighs as much as its cosine exceeds `least`, so
    that what is farther counts nothing, and one that is known as much as this is certain.

    Args:
        clauses: vectors of what nothing claims.
        known: vectors (m, d) of what something does.
        certainty: how probable that is (m,).
        least: cosine of the nearest that counts nothing.
        done: hears how many clauses are finished.
    """
    sure = np.concatenate([np.zeros(len(clauses)), certainty])
    index = ExactIndex(np.concatenate([clauses, known]))
    shares = np.zeros(len(clauses))
    for start in range(0, len(clauses), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(clauses)))
        found = index.search(clauses[rows], min(NEIGHBOURS + 1, len(index)))
        weights = np.where(found.ids == rows[:, None], 0.0, np.clip(found.scores - least, 0.0, None))
        of_known, all_of_it = (weights * sure[found.ids]).sum(axis=1), weights.sum(axis=1)
        shares[rows] = np.divide(of_known, all_of_it, out=np.zeros(len(rows)), where=all_of_it > 0)
        done(len(rows))
    return shares
