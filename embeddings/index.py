"""Exact nearest neighbours, over all vectors or over the eligible ones only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .encoder import Vectors

NOBODY = -1
"""Id that fills up a row when fewer than k vectors are eligible; its score is -inf."""


@dataclass(frozen=True)
class Neighbours:
    """Ids and inner products, both (q, k): best first, equal scores by lower id."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float32]


class ExactIndex:
    """Inner-product search that compares every eligible vector: recall is 1 under any filter.

    Args:
        vectors: unit vectors (n, d); a vector's id is its row.
    """

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._all: Any = _flat(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, queries: Vectors, k: int, eligible: NDArray[np.int64] | None = None) -> Neighbours:
        """The k best of the eligible ids (all if None) for each query (q, d); -1 where there are fewer.

        Raises:
            IndexError: an eligible id is no row of the index.
            ValueError: k is below 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}: ask for one neighbour or more")
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        ids = np.arange(len(self)) if eligible is None else np.unique(np.asarray(eligible, dtype=np.int64))
        if ids.size and (ids[0] < 0 or ids[-1] >= len(self)):
            raise IndexError(f"eligible ids must be in [0, {len(self)}), got {ids[0]} to {ids[-1]}")
        found = Neighbours(
            np.full((len(queries), k), NOBODY, dtype=np.int64), np.full((len(queries), k), -np.inf, dtype=np.float32)
        )
        if ids.size and len(queries):
            self._fill(found, queries, ids)
        return found

    def _fill(self, found: Neighbours, queries: Vectors, ids: NDArray[np.int64]) -> None:
        index = self._all if len(ids) == len(self) else _flat(self._vectors[ids])
        k = min(found.ids.shape[1], len(ids))
        scores, rows = index.search(queries, min(k + 1, len(ids)))
        _order(scores, rows)
        # Which of several equal scores makes the last place is chance inside faiss: look at all of them then.
        for query in np.flatnonzero(scores[:, k - 1] == scores[:, k]) if k < len(ids) else ():
            every_score, every_row = index.search(queries[query : query + 1], len(ids))
            _order(every_score, every_row)
            scores[query], rows[query] = every_score[0, : k + 1], every_row[0, : k + 1]
        found.ids[:, :k] = ids[rows[:, :k]]
        found.scores[:, :k] = scores[:, :k]


def _order(scores: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
    """Sort each line in place: higher scores first, equal ones by lower row."""
    best = np.lexsort((rows, -scores), axis=1)
    scores[:] = np.take_along_axis(scores, best, axis=1)
    rows[:] = np.take_along_axis(rows, best, axis=1)


def _flat(vectors: Vectors) -> Any:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index
