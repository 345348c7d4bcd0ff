"""Texts that say the same: labelling one of them is enough."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence

ALIKE = 0.8
"""Texts that share more than this part of their words (Jaccard) are near-identical."""

_DIGIT = re.compile(r"\d")
_NOT_WORD = re.compile(r"[\W_]+")


def normal_form(text: str) -> str:
    """The text without case and punctuation; empty where it says nothing."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def distinct_texts(texts: Sequence[str], ids: Sequence[str], groups: Sequence[Hashable]) -> dict[int, int]:
    """Rows that stand for all of the same normal form in their group, and how many they stand for.

    Digits count, for an A1c of 7.1 is not one of 9.4. So does the group, such as physician and stratum: what two
    physicians say is two notes, however alike. The smallest id stands for the others, whatever the order of the rows.
    Texts that say nothing are left out.
    """
    rows: dict[tuple[Hashable, str], list[int]] = {}
    for row in sorted(range(len(texts)), key=lambda row: ids[row]):
        rows.setdefault((groups[row], normal_form(texts[row])), []).append(row)
    return {same[0]: len(same) for (_, form), same in rows.items() if form}


class SeenTexts:
    """Remembers texts and tells the near-identical ones, whatever digits are in them."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._seen = [_words(text) for text in texts]

    def add_if_new(self, text: str) -> bool:
        """Remember the text; False where one near-identical to it is known already."""
        words = _words(text)
        if any(len(words & known) > ALIKE * len(words | known) for known in self._seen):
            return False
        self._seen.append(words)
        return True


def _words(text: str) -> frozenset[str]:
    return frozenset(_DIGIT.sub("0", normal_form(text)).split())
