"""How far annotators agree: Krippendorff's alpha beyond chance, and F1 between every two of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from ..datasets import sample_notices
from ..metrics import F1, KRIPPENDORFF_ALPHA, Floats, Span, characters, claim_counts
from ..results import ALL, Figure, ItemSet, measured
from .alpha_units import AlphaBasis, alpha_basis, assertion_units, clause_units, note_units, presence_units
from .annotators import SharedNote, SharedNotes
from .labelled_notes import LabelledNote

SUITE = "agreement"
Keys = Callable[[LabelledNote], set[Hashable]]


@dataclass(frozen=True)
class Agreement:
    """How far annotators agree.

    Attributes:
        shared: the notes compared.
        figures: alphas over all annotators, then F1 over every two of them.
        unused: what nobody labelled, so that there is nothing to agree on.
        notices: what a reader must know of how the notes were picked.
    """

    shared: SharedNotes
    figures: tuple[Figure, ...]
    unused: tuple[str, ...]
    notices: tuple[str, ...] = ()


def _topics(note: LabelledNote) -> set[Hashable]:
    return {(s.topic, s.polarity) for s in note.insights}


def _statements(note: LabelledNote) -> set[Hashable]:
    return {(s.topic, s.polarity, s.status, s.holder) for s in note.insights}


def _spans(note: LabelledNote) -> set[Hashable]:
    return set(_evidence(note))


def _characters(note: LabelledNote) -> set[Hashable]:
    return set(characters(_evidence(note)))


def _evidence(note: LabelledNote) -> set[Span]:
    return {Span((s.topic, s.polarity), *note.span(s)) for s in note.insights}


def _channels(note: LabelledNote) -> set[Hashable]:
    return {(c.channel, c.stance) for c in note.channel_preferences}


def _flags(note: LabelledNote) -> set[Hashable]:
    return {flag.kind for flag in note.flags}


def _is_flagged(kind: str, note: LabelledNote) -> bool:
    return kind in _flags(note)


def _identifiers(note: LabelledNote) -> set[Hashable]:
    return set(note.phi)


F1_METRICS: dict[str, Keys] = {
    "topic+polarity F1": _topics,
    "full statement F1": _statements,
    "evidence F1, exact spans": _spans,
    "evidence F1, characters": _characters,
    "channel preference F1": _channels,
    "flag F1": _flags,
    "patient identifier F1": _identifiers,
}
"""What two annotators say of a note as sets; F1 is the same whichever of them is taken for the truth."""


def measure_agreement(shared: SharedNotes) -> Agreement:
    """Every figure, with intervals clustered by physician.

    Alpha takes clauses as units (`clause_units`) for statements, notes for flags, and the topics and polarities that
    at least two annotators found in a note for status and holder.
    """
    found = [*_alphas(shared.notes), *_pairwise(shared)]
    return Agreement(
        shared,
        tuple(item for item in found if isinstance(item, Figure)),
        tuple(dict.fromkeys(item for item in found if isinstance(item, str))),
        sample_notices([next(iter(note.by.values())) for note in shared.notes]),
    )


def _alphas(notes: Sequence[SharedNote]) -> Iterator[Figure | str]:
    clauses = clause_units(notes)
    yield _alpha(notes, "clause carries a statement, alpha", presence_units(clauses, None), "clauses")
    yield _alpha(notes, "statements of a clause, alpha", clauses, "clauses")
    for field in ("status", "holder"):
        yield _alpha(notes, f"{field}, alpha", assertion_units(notes, field), "statements")
    for kind in sorted({flag.kind for note in notes for one in note.by.values() for flag in one.flags}):
        units = note_units(notes, partial(_is_flagged, kind))
        yield _alpha(notes, "flag, alpha", units, "notes", part=f"kind={kind}")
    for label in sorted({label for of_note in clauses for unit in of_note for value in unit for label in _set(value)}):
        units = presence_units(clauses, label)
        yield _alpha(notes, "clause carries the label, alpha", units, "clauses", part=f"label={label}")


def _set(value: Hashable) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _alpha(
    notes: Sequence[SharedNote], metric: str, units: list[list[Sequence[Hashable | None]]], noun: str, part: str = ALL
) -> Figure | str:
    basis: AlphaBasis = alpha_basis(units)
    if not basis.units:
        return metric
    note = f"{basis.units:,} {noun}"
    figure = measured(SUITE, metric, KRIPPENDORFF_ALPHA, _items(notes), basis.statistics, part=part, note=note)
    if figure.estimate.low == figure.estimate.high:  # draws that never differ say nothing of how far it may be off
        return replace(figure, estimate=replace(figure.estimate, low=None, high=None))
    return figure


def _pairwise(shared: SharedNotes) -> Iterator[Figure | str]:
    for metric, keys in F1_METRICS.items():
        yield _f1(shared.notes, metric, keys)
    if len(shared.annotators) == 2:
        return
    for one, other in combinations(shared.annotators, 2):
        notes = shared.of((one, other))
        if notes:
            yield from (_f1(notes, metric, keys, part=f"{one} × {other}") for metric, keys in F1_METRICS.items())


def _f1(notes: Sequence[SharedNote], metric: str, keys: Keys, part: str = ALL) -> Figure | str:
    counts = np.stack([_pair_counts(note, keys) for note in notes])
    labels = int(counts[:, 1:].sum())
    if not labels:
        return metric if part == ALL else f"{metric} of {part}"
    noun = "characters" if keys is _characters else "labels"
    return measured(SUITE, metric, F1, _items(notes), counts, part=part, note=f"{labels:,} {noun}")


def _pair_counts(note: SharedNote, keys: Keys) -> Floats:
    """(3,) hits, labels of the one, labels of the other, over every two annotators of the note."""
    pairs = note.pairs()
    return np.asarray(claim_counts([keys(one) for one, _ in pairs], [keys(other) for _, other in pairs]).sum(axis=0))


def _items(notes: Sequence[SharedNote]) -> ItemSet:
    return ItemSet("notes", tuple(note.note_id for note in notes), tuple(note.hcp_id for note in notes))
