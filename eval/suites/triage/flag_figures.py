"""How right safety and compliance flags are: what is lost comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ...metrics import Span
from ...results import Figure, ItemSet
from ...results.figure import ALL
from ..measures import Measure, figures
from ..set_figures import set_measures
from ..span_measures import found_span_measures
from .triaged_note import TriagedNote


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
    words = found_span_measures("flag evidence", claimed, true, "of flags whose kind is right in the note")
    return found + figures(suite, items, words, {ALL: range(len(notes))})


def _measures(claimed: Sequence[AbstractSet[Span]], true: Sequence[AbstractSet[Span]]) -> list[Measure]:
    """Recall, precision, F1: what is lost comes first."""
    kinds = [[_labels(spans) for spans in side] for side in (claimed, true)]
    return set_measures("flag", *kinds, note="kinds a note")[::-1]


def _of_kind(spans: Sequence[AbstractSet[Span]], kind: str) -> list[frozenset[Span]]:
    return [frozenset(span for span in of_note if span.label == kind) for of_note in spans]


def _labels(spans: AbstractSet[Span]) -> frozenset[str]:
    return frozenset(str(span.label) for span in spans)
