"""Lexical scores: BM25 (Lucene's variant, Kamphuis et al. 2020) as computed by bm25s."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bm25s import BM25


class LexicalIndex:
    """BM25 over a fixed set of texts (n of them, in their order), k1 = 1.5, b = 0.75.

    English and German function words are left out; nothing is stemmed, as the two languages share one index.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = [_tokens(text) for text in texts]
        self._size = len(texts)
        self._bm25 = _indexed(tokens) if any(tokens) else None

    def scores(self, query: str, eligible: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Scores (m,) of the eligible ids in their order (all n if None); 0 where no word is shared.

        Document frequencies are those of all n texts, so that a text's score does not depend on the filter.
        """
        rows = np.arange(self._size) if eligible is None else np.asarray(eligible, dtype=np.int64)
        if self._bm25 is None:
            return np.zeros(len(rows), dtype=np.float32)
        known = [token for token in _tokens(query) if token in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(rows), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)[rows]


def _tokens(text: str) -> list[str]:
    from bm25s import tokenize
    from bm25s.stopwords import STOPWORDS_EN, STOPWORDS_GERMAN

    stopwords = [*STOPWORDS_EN, *STOPWORDS_GERMAN]
    found: list[list[str]] = tokenize([text], stopwords=stopwords, return_ids=False, show_progress=False)
    return found[0]


def _indexed(tokens: list[list[str]]) -> BM25:
    from bm25s import BM25

    index = BM25(k1=1.5, b=0.75)
    index.index(tokens, show_progress=False)
    return index
