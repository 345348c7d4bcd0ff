"""Labelled notes as what a suite measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...inference.insights import GoldNote
from ..results import ItemSet


def note_items(name: str, notes: Sequence[GoldNote], weights: Mapping[str, float] | None) -> ItemSet:
    """The notes, clustered by physician; `weights` by note id, where they differ in how many notes they stand for."""
    ids = tuple(note.note_id for note in notes)
    weighed = tuple(weights[note_id] for note_id in ids) if weights else ()
    return ItemSet(name, ids, tuple(note.hcp_id for note in notes), weighed)
