"""How much of what is harmless is flagged all the same: what a person would read in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....embeddings.clauses import worded_clauses
from ...metrics import COUNTED_SHARE
from ...results import Figure, ItemSet
from ..measures import Measure, figures
from .covering import characters_of, columns
from .triaged_note import TriagedNote

_CLAUSES = (
    "clauses that no labelled flag touches; one counts as flagged if more than half of its characters lie in the words "
    "of flags of any kind"
)
_NOTES = "notes without any labelled flag that carry a flag of any kind"


def harmless_figures(
    suite: str, items: ItemSet, notes: Sequence[TriagedNote], parts: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """Shares of the harmless clauses and of the harmless notes (n,) that are flagged."""
    clauses = columns([flagged_clauses(note) if note.has_flags else (0, 0) for note in notes], 2)
    whole = columns([_flagged(note) if note.has_flags else (0, 0) for note in notes], 2)
    measures = [
        Measure("harmless clauses flagged", COUNTED_SHARE, clauses, concerned=True, better="lower", note=_CLAUSES),
        Measure("harmless notes flagged", COUNTED_SHARE, whole, concerned=True, better="lower", note=_NOTES),
    ]
    return figures(suite, items, measures, parts)


def flagged_clauses(note: TriagedNote) -> tuple[int, int]:
    """How many of a note's harmless clauses lie for the most part in the words of flags, and how many there are.

    A clause of which exactly half is covered is not flagged; white space does not count.
    """
    text = note.note.text
    true = [(span.start, span.end) for span in note.true_flags]
    covered = characters_of(text, [(flag.start, flag.end) for flag in note.flags])
    harmless = [characters_of(text, [clause]) for clause in worded_clauses(text) if not clause.touches(true)]
    return sum(2 * len(clause & covered) > len(clause) for clause in harmless), len(harmless)


def _flagged(note: TriagedNote) -> tuple[int, int]:
    return (0, 0) if note.note.flags else (int(bool(note.flags)), 1)
