"""The modules of one brand, ready to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...embeddings.bm25 import LexicalIndex
from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.index import ExactIndex
from ..records.catalogue import Claim, Module
from .eligibility import EligibilityRules
from .eligibility_settings import EligibilitySettings
from .topic_space import Focus, TopicSpace

Rows = NDArray[np.int64]


class Shelf:
    """Modules of a brand with their vectors (one for title and text, one for each claim), words and topics.

    `pieces` holds each module's vectors, (1 + claims, d); `focus` is (modules, topics), see `TopicSpace`.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        pieces: Sequence[Vectors],
        focus: Focus,
        settings: EligibilitySettings,
    ) -> None:
        self.modules = tuple(modules)
        self.focus = focus
        self.answered: NDArray[np.bool_] = focus > 0
        self.rules = EligibilityRules(self.modules, settings)
        self.wording_vectors: Vectors = np.stack([vectors[0] for vectors in pieces])
        self._pieces = list(pieces)
        self._owners = np.repeat(np.arange(len(modules)), [len(vectors) for vectors in pieces])
        self._index = ExactIndex(np.concatenate(self._pieces))
        self._words = LexicalIndex([" ".join(texts_of(module)) for module in modules])

    def similarities(self, queries: Vectors, rows: Rows) -> NDArray[np.float32]:
        """Inner products (rows, queries) of the modules in `rows` only: for each its best piece."""
        ids = np.flatnonzero(np.isin(self._owners, rows))
        best = np.full((len(self.modules), len(queries)), -np.inf, dtype=np.float32)
        if ids.size and len(queries):
            found = self._index.search(queries, len(ids), ids)
            columns = np.broadcast_to(np.arange(len(queries))[:, None], found.ids.shape)
            np.maximum.at(best, (self._owners[found.ids], columns), found.scores)
        return best[rows]

    def lexical_scores(self, query: str, rows: Rows) -> NDArray[np.float32]:
        """BM25 scores (rows,); -inf for a module that shares no word with the query."""
        scores = self._words.scores(query, rows)
        return np.where(scores > 0, scores, np.float32(-np.inf)).astype(np.float32)

    def closest_claim(self, row: int, query: Vectors) -> Claim | None:
        """The claim of a module that is most similar to a query (d,); None where it makes none."""
        claims = self.modules[row].claims
        return claims[int(np.argmax(self._pieces[row][1:] @ query))] if claims else None


def texts_of(module: Module) -> list[str]:
    """What a module is found by: its title with text, then each claim."""
    return [f"{module.title}. {module.text}", *(claim.text for claim in module.claims)]


def shelves_by_brand(
    modules: Sequence[Module], encoder: Encoder, topics: TopicSpace, settings: EligibilitySettings
) -> dict[str, Shelf]:
    """One shelf a brand, by its `brand_key`, modules in the order of their ids; encodes all wording in one call."""
    modules = sorted(modules, key=lambda module: module.module_id)
    texts = [texts_of(module) for module in modules]
    encoded = encoder.encode([text for pieces in texts for text in pieces])
    ends = np.cumsum([0, *(len(pieces) for pieces in texts)])
    pieces = [encoded[start:end] for start, end in pairwise(ends)]
    similarities = np.array([(vectors @ topics.vectors.T).max(axis=0) for vectors in pieces])
    focus = topics.focus(similarities.reshape(len(modules), len(topics.vectors)))
    rows_by_brand: dict[str, list[int]] = {}
    for row, module in enumerate(modules):
        rows_by_brand.setdefault(brand_key(module.brand), []).append(row)
    return {
        brand: Shelf([modules[row] for row in rows], [pieces[row] for row in rows], focus[rows], settings)
        for brand, rows in rows_by_brand.items()
    }


def brand_key(brand: str) -> str:
    """One spelling for "Zelvanta" and "ZELVANTA "."""
    return " ".join(brand.casefold().split())
