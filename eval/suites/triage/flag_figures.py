"""How right safety and compliance flags are: what is lost comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ...metrics import (
    F1,
    SHARE,
    Floats,
    Span,
    character_counts,
    claim_counts,
    exact_span_counts,
    partial_span_counts,
    precision_counts,
    recall_counts,
)
from ...results import Figure, ItemSet
from ...results.figure import ALL
from ..measures import Measure, figures
from .triaged_note import TriagedNote

_OF_FOUND = "of flags whose kind is right in the note"


def flag_figures(
    suite: str, items: ItemSet, notes: Sequence[TriagedNote], parts: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """By note, over all kinds and of each; and how well the words agree where the kind is right."""
    claimed = [note.claimed_flags if note.has_flags else frozenset() for note in notes]
    true = [note.true_flags if note.has_flags else frozenset() for note in notes]
    kinds = sorted({str(span.label) for spans in (*claimed, *true) for span in spans})
    found = figures(suite, items, _measures(claimed, true), parts)
    for kind in kinds:
        measures = _measures(_of_kind(claimed, kind), _of_kind(true, kind))
        found += figures(suite, items, measures, {f"kind={kind}": range(len(notes))})
    return found + figures(suite, items, _word_measures(claimed, true), {ALL: range(len(notes))})


def _measures(claimed: Sequence[AbstractSet[Span]], true: Sequence[AbstractSet[Span]]) -> list[Measure]:
    counts = claim_counts([_labels(spans) for spans in claimed], [_labels(spans) for spans in true])
    return [
        Measure("flag recall", SHARE, recall_counts(counts), concerned=True, note="kinds a note"),
        Measure("flag precision", SHARE, precision_counts(counts), concerned=True, note="kinds a note"),
        Measure("flag F1", F1, counts, concerned=True, note="kinds a note"),
    ]


def _word_measures(claimed: Sequence[AbstractSet[Span]], true: Sequence[AbstractSet[Span]]) -> list[Measure]:
    both = [_labels(c) & _labels(t) for c, t in zip(claimed, true, strict=True)]
    found = [{span for span in spans if span.label in kinds} for spans, kinds in zip(claimed, both, strict=True)]
    labelled = [{span for span in spans if span.label in kinds} for spans, kinds in zip(true, both, strict=True)]
    kinds: dict[str, Floats] = {
        "exact": exact_span_counts(found, labelled),
        "partial": partial_span_counts(found, labelled),
        "character": character_counts(found, labelled),
    }
    return [
        Measure(f"flag evidence {name} F1 of what is found", F1, counts, concerned=True, note=_OF_FOUND)
        for name, counts in kinds.items()
    ]


def _of_kind(spans: Sequence[AbstractSet[Span]], kind: str) -> list[frozenset[Span]]:
    return [frozenset(span for span in of_note if span.label == kind) for of_note in spans]


def _labels(spans: AbstractSet[Span]) -> frozenset[str]:
    return frozenset(str(span.label) for span in spans)
