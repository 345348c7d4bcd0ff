"""How notes are written: length, language, characters that were not used before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..metrics import means
from .aspect import Aspect, judged
from .effects import SHARES, absolute, standardised
from .familiarity import unseen
from .period import Period, PeriodNote
from .sides import Question, Sides
from .thresholds import UNSEEN_CHARACTERS_EFFECT


def text_drift(old: Period, new: Period, level: float) -> Aspect:
    """Mean logarithm of the characters a note, share unread and why, share of unseen characters."""
    before, now = ([note for note in period.notes if note.text is not None] for period in (old, new))
    sides = Sides.of([note.physician for note in before], [note.physician for note in now])
    if sides.too_few:
        return judged("text", sides, [], level=level)
    changes = sides.changes(list(_questions(before, now)), level=level)
    return judged("text", sides, changes, level=level, facts=_lengths(before, now))


def _questions(before: Sequence[PeriodNote], now: Sequence[PeriodNote]) -> Iterator[Question]:
    notes = [*before, *now]
    lengths = np.log1p(np.array([len(note.text or "") for note in notes], dtype=np.float64))
    yield Question("length (logarithm of characters)", means(lengths), standardised(lengths))
    empty = np.array([not (note.text or "").strip() for note in notes], dtype=np.float64)
    yield Question("empty", means(empty), SHARES)
    for reason in sorted({note.unread for note in notes if note.unread}):
        is_unread = np.array([note.unread == reason for note in notes], dtype=np.float64)
        yield Question(f"unread, {reason}", means(is_unread), SHARES)
    found = unseen(before, now, list)
    yield Question("characters not used before", found, absolute(UNSEEN_CHARACTERS_EFFECT))


def _lengths(before: Sequence[PeriodNote], now: Sequence[PeriodNote]) -> dict[str, object]:
    return {
        f"median characters, {name}": float(np.median([len(note.text or "") for note in notes]))
        for name, notes in (("old", before), ("new", now))
    }
