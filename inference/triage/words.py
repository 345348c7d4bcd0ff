"""The words of a text as the identifier network sees them: five small numbers each."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[^\w\s]|_")
_LONGEST = 40
"""Letters of a word that count; what follows is cut off, so that no text grows the tables."""

FORMS, PIECES, SHAPES, FAMILIARITIES = 16_384, 4_096, 256, 8
"""Rows of the network's tables: of whole words, of beginnings and endings, of shapes, of how common words are."""
_COMMON_FROM = (3, 10, 50)
"""A lower-case word in so many texts is as familiar as its place here, counted from one; a rarer one is unknown, as
most of the rare words will be that are met later."""


class Word(NamedTuple):
    """Half-open span [start, end) of a text, and what stands there."""

    start: int
    end: int
    text: str


def words_of(text: str) -> list[Word]:
    """Runs of letters, runs of digits and marks, in order; where lines end says nothing."""
    return [Word(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]


def word_texts(text: str) -> list[str]:
    """What stands at those words, in less time."""
    return _WORD.findall(text)


def familiarity_of(texts: Iterable[str]) -> dict[str, int]:
    """How familiar a word is that occurs in small letters in at least three texts: 1 (in under 10) to 3 (in 50)."""
    counts = Counter(word for text in texts for word in {w.text for w in words_of(text) if w.text.islower()})
    return {
        word: sum(count >= least for least in _COMMON_FROM)
        for word, count in sorted(counts.items())
        if count >= _COMMON_FROM[0]
    }


def numbers_of(word: str, familiarity: Mapping[str, int]) -> tuple[int, int, int, int, int]:
    """Rows of the word in the network's tables: whole form, beginning, ending, shape, familiarity; none is 0."""
    word = word[:_LONGEST]
    lowered = word.lower()
    return (
        _row("form", lowered, FORMS),
        _row("beginning", lowered[:3], PIECES),
        _row("ending", lowered[-3:], PIECES),
        _row("shape", _shape(word), SHAPES),
        1 + familiarity.get(lowered, 0),
    )


def _row(kind: str, value: str, rows: int) -> int:
    """A row other than 0, the same on every machine."""
    return 1 + zlib.crc32(f"{kind} {value}".encode("utf-8", "surrogatepass")) % (rows - 1)


def _shape(word: str) -> str:
    """Capitals and length in coarse steps: "Mrs" and "Ann" are alike, so are "1961" and "2025"."""
    if word.isdigit():
        return f"{min(len(word), 10)} digits"
    if not word[0].isalpha():
        return word
    if word.islower():
        case = "small"
    elif word.isupper():
        case = "capitals"
    else:
        case = "capital" if word[0].isupper() and word[1:].islower() else "mixed"
    return f"{case} {min(len(word), 4)}"
