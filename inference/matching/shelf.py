"""The modules of one brand, ready to be searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from ...embeddings.bm25 import LexicalIndex, words_of
from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.grid import on_grid
from ..records.brands import brand_key
from ..records.catalogue import Claim, Module, texts_of
from .eligibility import AudienceVerdict, EligibilityRules
from .eligibility_settings import EligibilitySettings
from .module_topics import ModuleTopics, encoded_pieces, module_topics
from .topic_reader import TopicReader
from .topic_space import TopicSpace, describe

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

FRESHNESS_HALF_LIFE_DAYS = 365.0

_SECTIONS_KEPT = 64


@dataclass(frozen=True, eq=False)
class Section:
    """What is searched for physicians who are alike: the modules of a shelf that may be shown to such, on a day.

    Attributes:
        rows: (m,) of the shelf, ascending.
        freshness: (m,) 1 for what was approved on the day, half of that a year later.
        focus_by_topic: (topics, m) how much each module is about each topic.
        pieces: (pieces, d) the vectors of all modules, on the grid.
        starts: (m,) where those of each module begin, with that of title and text.
        words: of the modules.
        topic_words: (topics, m) BM25 scores of the description of each topic.
    """

    rows: Rows
    freshness: Scores
    focus_by_topic: Scores
    pieces: torch.Tensor
    starts: NDArray[np.int64]
    words: LexicalIndex
    topic_words: Scores

    def similarities(self, queries: Vectors) -> Scores:
        """Inner products (q, m) with queries on the grid: for each module its best piece."""
        products: Scores = torch.mm(torch.from_numpy(queries), self.pieces.T).numpy()  # few rows: faster than numpy's
        if len(self.pieces) == len(self.rows):
            return products
        best: Scores = np.maximum.reduceat(products, self.starts, axis=1)
        return best

    def wording(self, places: Rows) -> Vectors:
        """The vectors (…, d) of the wording (title with text) of modules at some places (…)."""
        vectors: Vectors = self.pieces.numpy()[self.starts[places]]
        return vectors

    def lexical_scores(self, topics: Sequence[int], words: Sequence[Sequence[str]]) -> Scores:
        """BM25 scores (q, m) of queries, each the description of a topic (by column) and some words besides."""
        scores = self.topic_words[np.asarray(topics, dtype=np.int64)]
        if any(words):
            scores += self.words.scores_together(words)
        return scores


class Shelf:
    """Modules of a brand (n of them) with their vectors, words, topics and rules. Nothing in it changes.

    Attributes:
        focus: (n, topics) how much each module is about each topic, see `ModuleTopics`.
        answered: (n, topics) whether a module answers a topic.
        module_ids: (n,)
        row_of: the row of each module by its id.
        section: what is searched for an audience on a day; those of late are kept.
    """

    def __init__(
        self,
        modules: Sequence[Module],
        pieces: Sequence[Vectors],
        about: ModuleTopics,
        topics: TopicSpace,
        settings: EligibilitySettings,
    ) -> None:
        """`pieces` holds each module's vectors, (1 + claims, d)."""
        self.modules = tuple(modules)
        self.focus, self.answered = about.focus, about.answered
        self.rules = EligibilityRules(self.modules, settings)
        self.module_ids = np.array([module.module_id for module in self.modules], dtype=object)
        self.row_of = {module.module_id: row for row, module in enumerate(self.modules)}
        self._pieces = on_grid(np.concatenate(list(pieces)))
        self._ends = np.cumsum([0, *(len(vectors) for vectors in pieces)])
        self._words = LexicalIndex([" ".join(texts_of(module)) for module in self.modules])
        self._topic_words = self._words.scores_together([words_of(describe(topic)) for topic in topics.taxonomy.topics])
        self._answered_by = [frozenset(np.flatnonzero(answers).tolist()) for answers in self.answered]
        self._answering = [np.flatnonzero(answers).astype(np.int64) for answers in self.answered.T]
        self._approved = np.array([(module.approved_at or date.min).toordinal() for module in self.modules])
        self.section = lru_cache(maxsize=_SECTIONS_KEPT)(self._section)

    def answering(self, topic: int) -> Rows:
        """Rows of the modules that answer a topic, ascending."""
        return self._answering[topic]

    def topics_answered(self, row: int) -> frozenset[int]:
        """The topics, by column, that a module answers."""
        return self._answered_by[row]

    def answering_any(self, topics: Sequence[int], rows: Rows) -> NDArray[np.bool_]:
        """Whether each of some modules answers any of the topics."""
        answers: NDArray[np.bool_] = np.any(self.answered[np.ix_(rows, np.asarray(topics, dtype=np.int64))], axis=1)
        return answers

    def closest_claim(self, row: int, query: Vectors) -> Claim | None:
        """The claim of a module that is most similar to a query (d,); None where it makes none."""
        claims = self.modules[row].claims
        if len(claims) < 2:
            return claims[0] if claims else None
        start, end = self._ends[row : row + 2]
        return claims[int(np.argmax(self._pieces[start + 1 : end] @ query))]

    def _section(self, audience: AudienceVerdict, as_of: date) -> Section:
        rows = audience.rows
        lengths = np.diff(self._ends)[rows]
        pieces = np.repeat(np.isin(np.arange(len(self.modules)), rows), np.diff(self._ends))
        ages = as_of.toordinal() - self._approved[rows]
        return Section(
            rows=rows,
            freshness=np.minimum(1.0, 0.5 ** (ages / FRESHNESS_HALF_LIFE_DAYS)).astype(np.float32),
            focus_by_topic=np.ascontiguousarray(self.focus[rows].T, dtype=np.float32),
            pieces=torch.from_numpy(self._pieces[pieces]),
            starts=np.cumsum(lengths) - lengths,
            words=self._words.only(rows),
            topic_words=self._topic_words[:, rows],
        )


def shelves_by_brand(
    modules: Sequence[Module],
    encoder: Encoder,
    topics: TopicSpace,
    settings: EligibilitySettings,
    reader: TopicReader | None = None,
) -> dict[str, Shelf]:
    """One shelf a brand, by its `brand_key`, modules in the order of their ids; encodes all wording in one call."""
    modules = sorted(modules, key=lambda module: module.module_id)
    texts = [texts_of(module) for module in modules]
    pieces = encoded_pieces(texts, encoder)
    about = module_topics(modules, pieces, topics, reader)
    rows_by_brand: dict[str, list[int]] = {}
    for row, module in enumerate(modules):
        rows_by_brand.setdefault(brand_key(module.brand), []).append(row)
    return {
        brand: Shelf([modules[row] for row in rows], [pieces[row] for row in rows], about.rows(rows), topics, settings)
        for brand, rows in rows_by_brand.items()
    }
