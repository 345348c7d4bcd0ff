"""How well the words behind claims agree with the words that were labelled."""

from __future__ import annotations

from collections.abc import Sequence

from ...metrics import F1, character_counts, exact_span_counts, partial_span_counts
from ..measures import Measure
from .scored_note import ScoredNote

_KINDS = {
    "exact F1": (exact_span_counts, "the same words"),
    "partial F1": (partial_span_counts, "the same words count 1, words that overlap one half"),
    "character F1": (character_counts, "over characters"),
}


def evidence_measures(notes: Sequence[ScoredNote]) -> list[Measure]:
    """Agreement of spans: of every statement, and of the statements found alone."""
    claimed, true = [note.claimed_spans for note in notes], [note.true_spans for note in notes]
    found = [note.claimed & note.true for note in notes]
    claimed_found = [{s for s in spans if s.label in topics} for spans, topics in zip(claimed, found, strict=True)]
    true_found = [{s for s in spans if s.label in topics} for spans, topics in zip(true, found, strict=True)]
    measures = []
    for name, (counts, meaning) in _KINDS.items():
        measures += [
            Measure(
                f"evidence {name}",
                F1,
                counts(claimed, true),
                note=f"{meaning}; a false or missed statement is all wrong",
            ),
            Measure(
                f"evidence {name} of what is found",
                F1,
                counts(claimed_found, true_found),
                concerned=True,
                note=f"{meaning}; of statements whose topic and polarity are right",
            ),
        ]
    return measures
