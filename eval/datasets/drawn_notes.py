"""Labelled notes that were picked from more: what figures of them say of those that they were picked from.

A note that was drawn with probability p stands for 1 / p notes, and each of these for its copies (Horvitz & Thompson,
1952); a figure is a ratio of sums so weighted (Hájek, 1971). A note that was picked because the model is in doubt of it
stands for itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...inference.insights import GoldNote
from ..sampling_strategy import Strategy

_FINENESS = 2.0**20
"""Weights are rounded to so many parts of one, so that sums of them are exact and a share of all is 1."""

_WEIGHTED = (
    "figures of notes are weighted by the probabilities with which they were drawn, so they are of the notes drawn "
    "from, and n counts those that were labelled; calibration errors, parts of Brier scores, curves, confusion tables "
    "and answers of a language model are not weighted: they are of the labelled notes alone"
)


@dataclass(frozen=True)
class DrawnNotes:
    """Notes to measure on.

    Attributes:
        notes: those that figures are about.
        weights: how many notes each stands for, by id; empty where each stands for as many, or that is not known.
        notices: what a reader must know of how they were picked.
    """

    notes: tuple[GoldNote, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def drawn_notes(notes: Sequence[GoldNote]) -> DrawnNotes:
    """Notes drawn at random, weighted; those picked for doubt are left out beside them.

    Where none was drawn at random, or some do not say how they were picked, all are kept and each counts as one.
    """
    weights = _weights(notes)
    picked = sum(_is_picked(note) for note in notes)
    if not weights or len(weights) + picked < len(notes):
        return DrawnNotes(tuple(notes), notices=sample_notices(notes))
    drawn = tuple(note for note in notes if note.note_id in weights)
    notices = (_left_out(picked, len(notes)),) if picked else ()
    if len(set(weights.values())) == 1:
        return DrawnNotes(drawn, notices=notices)
    return DrawnNotes(drawn, weights, (*notices, _WEIGHTED))


def sample_notices(notes: Sequence[GoldNote]) -> tuple[str, ...]:
    """That figures that are not weighted are of these notes alone, where each does not stand for as many others."""
    weights, picked = _weights(notes), sum(_is_picked(note) for note in notes)
    unsaid = len(notes) - len(weights) - picked
    if unsaid == len(notes) or (len(weights) == len(notes) and len(set(weights.values())) == 1):
        return ()
    parts = [
        f"{picked:,} were picked for what a model says of them" if picked else "",
        f"{len(weights):,} were drawn at random" if weights else "",
        f"{unsaid:,} do not say how they were picked" if unsaid else "",
    ]
    return (
        f"figures are of the {len(notes):,} labelled notes, and not of the notes that they were picked from: "
        f"{', '.join(filter(None, parts))}",
    )


def _weights(notes: Sequence[GoldNote]) -> dict[str, float]:
    """How many notes each stands for, by id, of those that say with which probability they were drawn."""
    return {
        note.note_id: round(one.stands_for_notes / one.sampling_probability * _FINENESS) / _FINENESS
        for note in notes
        if (one := note.sampling) is not None and one.sampling_probability is not None
    }


def _is_picked(note: GoldNote) -> bool:
    """Whether it was picked for what a model says of it."""
    one = note.sampling
    return one is not None and one.sampling_probability is None and one.picked not in ("", Strategy.RANDOM)


def _left_out(picked: int, notes: int) -> str:
    return (
        f"{picked:,} of {notes:,} labelled notes are left out: they were picked for what a model says of them, so they "
        "do not stand for others; figures are of those drawn at random"
    )
