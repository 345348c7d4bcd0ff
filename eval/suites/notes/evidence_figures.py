"""How well the words behind claims agree with the words that were labelled."""

from __future__ import annotations

from collections.abc import Sequence

from ..measures import Measure
from ..span_measures import found_span_measures, span_measures
from .scored_note import ScoredNote


def evidence_measures(notes: Sequence[ScoredNote]) -> list[Measure]:
    """Agreement of spans: of every statement, and of the statements found alone."""
    claimed, true = [note.claimed_spans for note in notes], [note.true_spans for note in notes]
    return [
        *span_measures("evidence", claimed, true, "a false or missed statement is all wrong"),
        *found_span_measures("evidence", claimed, true, "of statements whose topic and polarity are right"),
    ]
