"""Lexical scores: BM25 (Lucene's variant, Kamphuis et al. 2020) as computed by bm25s."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Scores = NDArray[np.float32]

_FEW_WORDS = 64
_WORD = re.compile(r"\b\w\w+\b")


class LexicalIndex:
    """BM25 over a fixed set of texts (n of them, in their order), k1 = 1.5, b = 0.75.

    English and German function words are left out; nothing is stemmed, as the two languages share one index.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = [words_of(text) for text in texts]
        self._places: Mapping[str, int] = {}
        self._weights = csr_array((0, len(texts)), dtype=np.float32)
        if any(tokens):
            self._places, self._weights = _indexed(tokens)

    def only(self, rows: NDArray[np.int64]) -> LexicalIndex:
        """The index of some texts, in which they score as among all."""
        part = copy(self)
        part._weights = self._weights[:, rows]
        return part

    def scores(self, query: str) -> Scores:
        """Scores (n,) of all texts; 0 where no word is shared."""
        scores: Scores = self.scores_together([words_of(query)])[0]
        return scores

    def scores_together(self, queries: Sequence[Sequence[str]]) -> Scores:
        """Scores (q, n) of all texts for queries that `words_of` split; a word said twice counts twice."""
        places = self._places
        known = [[places[word] for word in words if word in places] for words in queries]
        if sum(map(len, known)) <= _FEW_WORDS:
            return self._added_up(known)
        ends = np.cumsum([0, *map(len, known)])
        words = np.fromiter((place for of_query in known for place in of_query), np.int32, count=ends[-1])
        shape = (len(queries), self._weights.shape[0])
        asked = csr_array((np.ones(len(words), dtype=np.float32), words, ends), shape=shape)
        scores: Scores = (asked @ self._weights).toarray()
        return scores

    def _added_up(self, queries: Sequence[Sequence[int]]) -> Scores:
        """The same for few words, given by their rows: a sparse product costs more to set up."""
        weights = self._weights
        scores: Scores = np.zeros((len(queries), weights.shape[1]), dtype=np.float32)
        for row, words in enumerate(queries):
            for word in words:
                start, end = weights.indptr[word], weights.indptr[word + 1]
                scores[row, weights.indices[start:end]] += weights.data[start:end]
        return scores


def words_of(text: str) -> list[str]:
    """The words of a text that count, of two letters or more, in lower case."""
    return [word for word in _WORD.findall(text.lower()) if word not in _function_words()]


@cache
def _function_words() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_GERMAN

    return frozenset((*STOPWORDS_EN, *STOPWORDS_GERMAN))


def _indexed(tokens: list[list[str]]) -> tuple[Mapping[str, int], csr_array]:
    """The row of each word, and what each word adds to the score of each text, sparse (words, n)."""
    from bm25s import BM25

    index = BM25(k1=1.5, b=0.75)
    index.index(tokens, show_progress=False)
    held = index.scores
    shape = (len(held["indptr"]) - 1, len(tokens))
    return index.vocab_dict, csr_array((held["data"], held["indices"], held["indptr"]), shape=shape)
