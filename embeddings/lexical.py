"""Hashed character and word n-grams: what a sentence vector blurs (abbreviations, negations, exact words).

All texts are hashed at once with polynomial prefix sums over one array of code points (Rabin–Karp), so that the cost
is a few array operations and not a Python loop over n-grams. Weights are TF-IDF, each block of unit length (the
scheme of scikit-learn's TfidfVectorizer, with the hashing trick of Weinberger et al., 2009).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

CHARACTER_NGRAMS = (3, 4, 5)
WORD_NGRAMS = (1, 2)
BITS = 15
"""Each of the two blocks has 2**BITS columns."""

_NOT_WORD = re.compile(r"[\W_]+")
_END = "\0"
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_MIN_DOCUMENTS = 2

Columns = NDArray[np.int32]


@dataclass(frozen=True)
class LexicalFeatures:
    """Fitted weights: inverse document frequency by column, 0 for n-grams seen in too few training texts."""

    idf: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Sequence[str], *, fewest: int = _MIN_DOCUMENTS) -> LexicalFeatures:
        """Count in how many texts each column occurs; smoothed idf = ln((1 + n) / (1 + df)) + 1, 0 below `fewest`."""
        _, columns, _ = _counted(texts)
        counts = np.bincount(columns, minlength=2 << BITS)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls(np.where(counts >= fewest, idf, 0).astype(np.float32))

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Sparse matrix (n, 2 * 2**BITS)."""
        rows, columns, counts = _counted(texts)
        values = self.idf[columns] * counts
        kept = values > 0
        rows, columns, values = rows[kept], columns[kept], values[kept]
        block = rows * 2 + (columns >> BITS)
        lengths = np.sqrt(np.bincount(block, weights=values**2, minlength=2 * len(texts)))
        values = (values / lengths[block]).astype(np.float32)
        starts = np.searchsorted(rows, np.arange(len(texts) + 1))
        return sparse.csr_matrix((values, columns, starts), shape=(len(texts), 2 << BITS))


def _counted(texts: Sequence[str]) -> tuple[Columns, Columns, Columns]:
    """Row, column and count of every distinct n-gram of each text, ordered by row and column."""
    rows, columns = _hashed(texts)
    pairs, counts = np.unique(rows.astype(np.int64) << np.int64(BITS + 1) | columns, return_counts=True)
    return (pairs >> (BITS + 1)).astype(np.int32), (pairs & ((2 << BITS) - 1)).astype(np.int32), counts


def _hashed(texts: Sequence[str]) -> tuple[Columns, Columns]:
    """Row and column of every n-gram."""
    joined = _END.join(f" {_NOT_WORD.sub(' ', text.lower()).strip()} " for text in texts) + _END if texts else ""
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    spans = _Spans(points)
    row_of = np.cumsum(points == 0, dtype=np.int32)
    found = [_characters(spans, points, n) for n in CHARACTER_NGRAMS] + [_words(spans, points, n) for n in WORD_NGRAMS]
    rows = np.concatenate([row_of[starts] for starts, _ in found])
    return rows, np.concatenate([columns for _, columns in found])


class _Spans:
    """Hashes of any spans of one array in constant time each: prefix sums of code point × base^position."""

    def __init__(self, points: NDArray[np.uint32]) -> None:
        inverse = np.uint64(pow(int(_BASE), -1, 1 << 64))
        self._prefix = np.zeros(len(points) + 1, dtype=np.uint64)
        np.cumsum(points * _powers(_BASE, len(points)), out=self._prefix[1:])
        self._shift = _powers(inverse, len(points) + 1)

    def columns(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Columns:
        """Column of each span within a block."""
        hashes = (self._prefix[ends] - self._prefix[starts]) * self._shift[starts]
        return ((hashes * _MIX) >> np.uint64(64 - BITS)).astype(np.int32)


def _powers(base: np.uint64, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers, out=powers)


def _characters(spans: _Spans, points: NDArray[np.uint32], n: int) -> tuple[NDArray[np.int64], Columns]:
    """Starts and columns of the character n-grams that lie within one text."""
    ends_before = np.concatenate([[0], np.cumsum(points == 0)])
    starts = np.arange(max(0, len(points) - n + 1), dtype=np.int64)
    starts = starts[ends_before[starts + n] == ends_before[starts]]
    return starts, spans.columns(starts, starts + n)


def _words(spans: _Spans, points: NDArray[np.uint32], n: int) -> tuple[NDArray[np.int64], Columns]:
    """Starts and columns (in the second block) of the n-grams of words that lie within one text."""
    gap = (points == 32) | (points == 0)
    padded = np.concatenate([[True], gap, [True]])
    word_starts = np.flatnonzero(padded[:-1] & ~padded[1:])
    word_ends = np.flatnonzero(~padded[:-1] & padded[1:])
    starts, ends = word_starts[: len(word_starts) - n + 1], word_ends[n - 1 :]
    texts_before = np.concatenate([[0], np.cumsum(points == 0)])
    within = texts_before[starts] == texts_before[ends]
    starts, ends = starts[within], ends[within]
    return starts, spans.columns(starts, ends) + np.int32(1 << BITS)
