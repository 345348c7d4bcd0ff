"""A plain copy of a text for matching: nothing invisible, no typographic variants, with the way back.

Zero-width characters, bidi marks, control characters and letters of other alphabets inside a word must hide neither a
harm nor a name, so rules match the copy; their spans are then carried back to the text as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .lookalikes import without_lookalikes
from .sentences import sentence_spans

LONGEST_EXPANSION = 4  # characters; a ligature of a whole phrase stays as it is

_ORDINARY = re.compile(r"[\t\n\r -~\xa1-\xac\xae-\u024f\u0370-\u052f\u2010-\u2027\u2030-\u203e\u20a0-\u20bf]*")
_ONE_TO_ONE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-")
)
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_SPACES = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")


@dataclass(frozen=True)
class PlainText:
    """`text` is the copy and `lowered` its lower case, of the same length; `starts` is empty where offsets agree."""

    text: str
    lowered: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Spans of the sentences of the copy."""
        return tuple(sentence_spans(self.text))

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span `[start, end)` of the copy, not empty, as a span of the original."""
        if not self.starts:
            return start, end
        return self.starts[start], self.ends[end - 1]

    @classmethod
    def of(cls, text: str) -> PlainText:
        """The plain copy of a text; a text without peculiar characters keeps its offsets and costs nothing."""
        if text.isascii() and text.isprintable():
            return cls(text, text.lower())
        text = without_lookalikes(text)
        if _ORDINARY.fullmatch(text):
            plain = text.translate(_ONE_TO_ONE)
            return cls(plain, _lowered(plain))
        return _rewritten(text)


def _rewritten(text: str) -> PlainText:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, character in enumerate(text):
        if characters and unicodedata.combining(character):
            characters[-1] = _composed(characters[-1], character)
            ends[-1] = index + 1
            continue
        for plain in _plain_characters(character):
            characters.append(plain)
            starts.append(index)
            ends.append(index + 1)
    plain_text = "".join(characters)
    return PlainText(plain_text, _lowered(plain_text), starts, ends)


def _composed(base: str, mark: str) -> str:
    together = unicodedata.normalize("NFC", base + mark)
    return together if len(together) == 1 else base


def _plain_characters(character: str) -> str:
    if character in "\t\n\r":
        return character
    if character in _SPACES:
        return " "
    if character in _INVISIBLE_LETTERS or unicodedata.category(character) in {"Cc", "Cf"}:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain.translate(_ONE_TO_ONE) if len(plain) <= LONGEST_EXPANSION else character


def _lowered(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
