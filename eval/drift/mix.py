"""Where notes come from: channel, brand, country and rep, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ..metrics import means
from .aspect import Aspect, judged
from .effects import SHARES
from .period import Period, PeriodNote
from .sides import Question, Sides

_FIELDS = {"channel": "channel", "brand": "brand", "country": "country", "rep": "rep_id"}
_MOST_VALUES = 20
_DAYS = 30
"""What the number of notes is given for; a shorter period says nothing of it."""


def mix_drift(old: Period, new: Period, level: float) -> Aspect:
    """Shares of the notes by channel, brand, country and rep; the rarest values of each together.

    Where every note has the same values, the mix is what it was.
    """
    notes = [*old.notes, *new.notes]
    sides = Sides.of(*([note.physician for note in period.notes] for period in (old, new)))
    questions = [question for name, field in _FIELDS.items() for question in _questions(name, field, notes)]
    facts = {period: _volume(of.notes) for period, of in (("old", old), ("new", new))}
    if not questions and not sides.too_few:
        return _unvaried(notes, facts)
    return judged("mix", sides, sides.changes(questions, level=level), level=level, facts=facts)


def _unvaried(notes: Sequence[PeriodNote], facts: Mapping[str, object]) -> Aspect:
    given = [name for name, field in _FIELDS.items() if getattr(notes[0], field)]
    if not given:
        return Aspect("mix", "too few to say", f"no note names its {', '.join(_FIELDS)}", facts=facts)
    return Aspect("mix", "stable", f"one {', one '.join(given)} in all notes of both periods", facts=facts)


def _questions(name: str, field: str, notes: Sequence[PeriodNote]) -> list[Question]:
    values = [str(getattr(note, field) or "not given") for note in notes]
    counts = Counter(values)
    if len(counts) < 2:
        return []
    frequent = sorted(counts, key=lambda value: (-counts[value], value))[:_MOST_VALUES]
    known = np.array([value if value in frequent else "" for value in values], dtype=np.str_)
    shown = [*frequent, *([""] if len(counts) > _MOST_VALUES else [])]
    return [
        Question(f"{name} {value or 'any other'}", means((known == value).astype(np.float64)), SHARES)
        for value in shown
    ]


def _volume(notes: Sequence[PeriodNote]) -> dict[str, object]:
    days = [note.date for note in notes if note.date is not None]
    span = (max(days) - min(days)).days + 1 if days else None
    return {
        "notes": len(notes),
        "physicians": len({note.physician for note in notes}),
        "first": min(days).isoformat() if days else None,
        "last": max(days).isoformat() if days else None,
        "notes in 30 days": round(len(notes) * _DAYS / span, 1) if span and span >= _DAYS else None,
    }
