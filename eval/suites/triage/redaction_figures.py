"""How much of what identifies patients is redacted, and how much else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...metrics import COUNTED_SHARE, RATIO
from ...results import Figure, ItemSet
from ..measures import Measure, figures
from .covering import character_overlap, columns, covered_counts, touching_none
from .triaged_note import TriagedNote

_NOTHING = (0, 0, 0)
_HUNDRED = 100


def redaction_figures(
    suite: str, items: ItemSet, notes: Sequence[TriagedNote], parts: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """Share of labelled places covered whole or touched, characters, and false redactions."""
    places = columns([_places(note) for note in notes], 3)
    characters = columns([_characters(note) for note in notes], 3)
    false = columns([_false(note) for note in notes], 2)
    measures = [
        Measure(
            "identifiers covered whole",
            COUNTED_SHARE,
            places[:, [0, 2]],
            concerned=True,
            note="every place of the words",
        ),
        Measure(
            "identifiers touched", COUNTED_SHARE, places[:, [1, 2]], concerned=True, note="every place of the words"
        ),
        Measure("identifier character recall", COUNTED_SHARE, characters[:, [0, 2]], concerned=True),
        Measure("identifier character precision", COUNTED_SHARE, characters[:, [0, 1]], concerned=True),
        Measure(
            "false redactions per 100 notes",
            RATIO,
            false,
            concerned=True,
            better="lower",
            note="redactions that touch nothing labelled",
        ),
        Measure("notes with a false redaction", COUNTED_SHARE, np.minimum(false, 1), concerned=True, better="lower"),
    ]
    return figures(suite, items, measures, parts)


def _places(note: TriagedNote) -> tuple[int, int, int]:
    return covered_counts(note.note.text, note.redacted, note.true_identifiers) if note.has_identifiers else _NOTHING


def _characters(note: TriagedNote) -> tuple[int, int, int]:
    return character_overlap(note.note.text, note.redacted, note.true_identifiers) if note.has_identifiers else _NOTHING


def _false(note: TriagedNote) -> tuple[int, int]:
    if not note.has_identifiers:
        return 0, 0
    return _HUNDRED * touching_none(note.redacted, sorted(note.true_identifiers)), 1
