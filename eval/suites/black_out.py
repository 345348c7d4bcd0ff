"""Texts as examples show them: what identifies a patient is blacked out at the same length, so that offsets stay."""

from __future__ import annotations

from collections.abc import Iterable

from ...inference.insights import GoldNote
from ...inference.triage import Identifier
from ..datasets import places

BLACK = "█"


def blacked_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with black in place of every character of the spans [start, end)."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = BLACK * (end - start)
    return "".join(characters)


def shown_note(note: GoldNote, identifiers: Iterable[Identifier]) -> str:
    """The note's text without what its labels or our redaction hold to identify a patient."""
    labelled = [place for words in note.phi for place in places(note.text, words)]
    found = [(identifier.start, identifier.end) for identifier in identifiers]
    return blacked_out(note.text, labelled + found)
