"""Marked words: a text cut where marks begin and end, so that marks may overlap and nest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..results import Example, Mark

OUTCOMES = ("missed", "false", "hit")
"""The outcomes of marks, what went wrong first."""


@dataclass(frozen=True)
class NumberedMark:
    """A mark, its number in reading order, and its words; no words where it has no place in the text."""

    number: int
    mark: Mark
    words: str


@dataclass(frozen=True)
class Segment:
    """A piece of the text, the marks that cover it, and those of them that end with it."""

    text: str
    marks: tuple[NumberedMark, ...]
    ending: tuple[NumberedMark, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes of the marks that cover it."""
        return tuple(outcome for outcome in OUTCOMES if any(found.mark.outcome == outcome for found in self.marks))


def numbered_marks(example: Example) -> tuple[NumberedMark, ...]:
    """The example's marks in reading order, those without words last."""
    length = len(example.text)
    ordered = sorted(example.marks, key=lambda mark: (not _has_words(mark, length), mark.start, -mark.end))
    return tuple(
        NumberedMark(number, mark, example.text[mark.start : mark.end] if _has_words(mark, length) else "")
        for number, mark in enumerate(ordered, start=1)
    )


def segments(text: str, marks: Sequence[NumberedMark]) -> tuple[Segment, ...]:
    """The text in pieces that join to exactly the text; each piece has the same marks throughout."""
    placed = [found for found in marks if found.words]
    edges = {edge for found in placed for edge in (found.mark.start, min(found.mark.end, len(text)))}
    cuts = sorted({0, len(text), *edges})
    return tuple(
        Segment(
            text[start:end],
            tuple(found for found in placed if found.mark.start <= start and end <= found.mark.end),
            tuple(found for found in placed if min(found.mark.end, len(text)) == end),
        )
        for start, end in pairwise(cuts)
    )


def _has_words(mark: Mark, length: int) -> bool:
    return 0 <= mark.start < min(mark.end, length)
