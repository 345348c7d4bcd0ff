"""How much of a note a language model is shown about some words of it."""

from __future__ import annotations

from ...embeddings.clauses import worded_clauses

NEIGHBOURS = 1
"""Clauses before and after. Less is sent, and what else the note says, or orders, has no say."""


def passage_around(note: str, start: int, end: int) -> str:
    """The clauses that `[start, end)` touches and their neighbours; all of the note where it touches none."""
    clauses = worded_clauses(note)
    touched = [place for place, clause in enumerate(clauses) if clause.touches([(start, end)])]
    if not touched:
        return note
    first = clauses[max(0, touched[0] - NEIGHBOURS)]
    last = clauses[min(len(clauses) - 1, touched[-1] + NEIGHBOURS)]
    return note[min(start, first.start) : max(end, last.end)]
