"""The modules of one brand, ready to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from ...embeddings.bm25 import LexicalIndex, words_of
from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.grid import on_grid
from ..records.catalogue import Claim, Module, texts_of
from .eligibility import EligibilityRules
from .eligibility_settings import EligibilitySettings
from .topic_space import Focus, TopicSpace, describe

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

FRESHNESS_HALF_LIFE_DAYS = 365.0


class Shelf:
    """Modules of a brand (n of them) with their vectors, words, topics and rules. Nothing in it changes.

    Attributes:
        focus: (n, topics) how much each module is about each topic, see `TopicSpace`.
        answered: (n, topics) whether a module answers a topic.
        wording_vectors: (n, d) of title with text, on the grid.
        module_ids: (n,)
        row_of: the row of each module by its id.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        pieces: Sequence[Vectors],
        focus: Focus,
        topics: TopicSpace,
        settings: EligibilitySettings,
    ) -> None:
        """`pieces` holds each module's vectors, (1 + claims, d)."""
        self.modules = tuple(modules)
        self.focus = focus
        self.answered: NDArray[np.bool_] = focus > 0
        self.rules = EligibilityRules(self.modules, settings)
        self.wording_vectors: Vectors = on_grid(np.stack([vectors[0] for vectors in pieces]))
        self.module_ids = np.array([module.module_id for module in self.modules], dtype=object)
        self.row_of = {module.module_id: row for row, module in enumerate(self.modules)}
        self.focus_by_topic: Scores = np.ascontiguousarray(focus.T, dtype=np.float32)
        self._pieces = torch.from_numpy(on_grid(np.concatenate(list(pieces))))
        self._starts = np.cumsum([0, *(len(vectors) for vectors in pieces)])
        self._words = LexicalIndex([" ".join(texts_of(module)) for module in self.modules])
        self._topic_words = self._words.scores_together([words_of(describe(topic)) for topic in topics.taxonomy.topics])
        self._answering = [np.flatnonzero(answers).astype(np.int64) for answers in self.answered.T]
        self._approved = np.array([(module.approved_at or date.min).toordinal() for module in self.modules])
        self.freshness = lru_cache(maxsize=8)(self._freshness)

    def similarities(self, queries: Vectors) -> Scores:
        """Inner products (q, n) with queries on the grid: for each module its best piece."""
        products: Scores = torch.mm(torch.from_numpy(queries), self._pieces.T).numpy()  # few rows: faster than numpy's
        if len(self._pieces) == len(self.modules):
            return products
        best: Scores = np.maximum.reduceat(products, self._starts[:-1], axis=1)
        return best

    def lexical_scores(self, topics: Sequence[int], words: Sequence[Sequence[str]]) -> Scores:
        """BM25 scores (q, n) of queries, each the description of a topic (by column) and some words besides."""
        scores = self._topic_words[np.asarray(topics, dtype=np.int64)]
        if any(words):
            scores += self._words.scores_together(words)
        return scores

    def answering(self, topic: int) -> Rows:
        """Rows of the modules that answer a topic, ascending."""
        return self._answering[topic]

    def closest_claim(self, row: int, query: Vectors) -> Claim | None:
        """The claim of a module that is most similar to a query (d,); None where it makes none."""
        claims = self.modules[row].claims
        if len(claims) < 2:
            return claims[0] if claims else None
        start, end = self._starts[row : row + 2]
        return claims[int(np.argmax(self._pieces[start + 1 : end].numpy() @ query))]

    def _freshness(self, as_of: date) -> Scores:
        """(n,) 1 for what was approved today, half of that a year later."""
        ages = as_of.toordinal() - self._approved
        return np.minimum(1.0, 0.5 ** (ages / FRESHNESS_HALF_LIFE_DAYS)).astype(np.float32)


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
        brand: Shelf([modules[row] for row in rows], [pieces[row] for row in rows], focus[rows], topics, settings)
        for brand, rows in rows_by_brand.items()
    }


def brand_key(brand: str) -> str:
    """One spelling for "Zelvanta" and "ZELVANTA "."""
    return " ".join(brand.casefold().split())
