"""How well words agree with labelled words, matched in three ways."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ..metrics import F1, Span, character_counts, exact_span_counts, partial_span_counts
from .measures import Measure

Spans = Sequence[AbstractSet[Span]]

_KINDS = {
    "exact F1": (exact_span_counts, "the same words"),
    "partial F1": (partial_span_counts, "the same words count 1, words that overlap one half"),
    "character F1": (character_counts, "over characters"),
}


def span_measures(what: str, claimed: Spans, true: Spans, note: str) -> list[Measure]:
    """F1 of all spans (n,): exact, partial, and over characters."""
    return [
        Measure(f"{what} {name}", F1, counts(claimed, true), note=f"{meaning}; {note}")
        for name, (counts, meaning) in _KINDS.items()
    ]


def found_span_measures(what: str, claimed: Spans, true: Spans, note: str) -> list[Measure]:
    """The same of the spans whose label is both claimed and true of the item."""
    both = [_labels(c) & _labels(t) for c, t in zip(claimed, true, strict=True)]
    of_found = (
        [{s for s in item if s.label in known} for item, known in zip(spans, both, strict=True)]
        for spans in (claimed, true)
    )
    claimed_found, true_found = of_found
    return [
        Measure(
            f"{what} {name} of what is found",
            F1,
            counts(claimed_found, true_found),
            concerned=True,
            note=f"{meaning}; {note}",
        )
        for name, (counts, meaning) in _KINDS.items()
    ]


def _labels(spans: AbstractSet[Span]) -> set[object]:
    return {span.label for span in spans}
