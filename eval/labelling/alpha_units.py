"""What annotators said of each unit, note by note: what Krippendorff's alpha is computed from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics import Floats, nominal_agreement
from ..metrics.krippendorff import Unit
from .annotators import SharedNote
from .clause_units import clause_labels
from .labelled_notes import LabelledNote

NoteUnits = list[list[Unit]]
"""The units of each note."""


@dataclass(frozen=True)
class AlphaBasis:
    """Statistics (notes, 1 + values) of KRIPPENDORFF_ALPHA and how many units they come from."""

    statistics: Floats
    units: int


def alpha_basis(units: NoteUnits) -> AlphaBasis:
    """The units of each note, added up within notes."""
    flat = [unit for of_note in units for unit in of_note]
    values: list[Hashable] = list(dict.fromkeys(value for unit in flat for value in unit if value is not None))
    statistics = np.zeros((len(units), 1 + len(values)))
    note_of = np.repeat(np.arange(len(units)), [len(of_note) for of_note in units])
    np.add.at(statistics, note_of, nominal_agreement(flat, values))
    return AlphaBasis(statistics, sum(sum(value is not None for value in unit) > 1 for unit in flat))


def clause_units(notes: Sequence[SharedNote]) -> NoteUnits:
    """Units are clauses, values the whole set of statement labels that a clause carries."""
    return [list(zip(*map(clause_labels, note.by.values()), strict=True)) for note in notes]


def presence_units(units: NoteUnits, label: str | None) -> NoteUnits:
    """The same clauses with the values: carries the label (None: any statement), or does not."""

    def present(value: Hashable) -> bool:
        labels = value if isinstance(value, frozenset) else frozenset()
        return bool(labels) if label is None else label in labels

    return [[[present(value) for value in unit] for unit in of_note] for of_note in units]


def assertion_units(notes: Sequence[SharedNote], field: str) -> NoteUnits:
    """Units are the topics and polarities of a note, values the status or holder; missing where it was not labelled.

    Where an annotator gave one topic and polarity several values in a note, all of them together are the value.
    """
    return [_assertions(list(note.by.values()), field) for note in notes]


def _assertions(by: Sequence[LabelledNote], field: str) -> list[Unit]:
    said: list[dict[Hashable, frozenset[str]]] = []
    for note in by:
        values: dict[Hashable, frozenset[str]] = {}
        for statement in note.insights:
            key = (statement.topic, statement.polarity)
            values[key] = values.get(key, frozenset()) | {getattr(statement, field)}
        said.append(values)
    keys = dict.fromkeys(key for values in said for key in values)
    return [[values.get(key) for values in said] for key in keys]


def note_units(notes: Sequence[SharedNote], holds: Callable[[LabelledNote], bool]) -> NoteUnits:
    """Units are the notes themselves, values whether it holds of them."""
    return [[[holds(note) for note in shared.by.values()]] for shared in notes]
