"""How often each thing is read out of notes: topics by polarity, wishes about channels, flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from .aspect import Aspect, Moved, Side, judged
from .effects import SHARES
from .period import KINDS, Claim, Period, PeriodNote
from .sides import Change, Question, Sides

_TITLES = {"statements": "topic", "channel_statements": "channel", "flags": "flag"}
_EXAMPLES = 3


def label_drift(old: Period, new: Period, level: float) -> Aspect:
    """Share of the notes read for a kind of labels that have each; kinds of which either side has none are left out."""
    kinds = compared_kinds(old, new)
    read = [[note for note in period.notes if not set(kinds).isdisjoint(note.read_for)] for period in (old, new)]
    sides = Sides.of(*([note.physician for note in notes] for notes in read))
    if sides.too_few:
        return judged("labels", sides, [], level=level)
    questions = [question for kind in kinds for question in _questions(kind, old, new, read)]
    aspect = judged("labels", sides, sides.changes(questions, level=level), level=level)
    moved = [change for change in aspect.changes if change.what in aspect.drifted]
    examples = [example for change in moved for example in _examples(change, old, new)]
    return replace(aspect, examples=tuple(examples))


def compared_kinds(old: Period, new: Period) -> list[str]:
    """The kinds of claims that both sides have."""
    return [kind for kind in KINDS if all(getattr(period, kind) is not None for period in (old, new))]


def _questions(kind: str, old: Period, new: Period, read: Sequence[Sequence[PeriodNote]]) -> Iterator[Question]:
    having = [_notes_by_label(getattr(period, kind)) for period in (old, new)]
    notes = [(side, note) for side, some in enumerate(read) for note in some]
    asked = np.array([kind in note.read_for for _, note in notes], dtype=np.float64)
    for label in sorted(having[0].keys() | having[1].keys()):
        has = np.array([note.note_id in having[side].get(label, ()) for side, note in notes], dtype=np.float64)
        yield Question(_title(kind, label), np.column_stack([has, asked]), SHARES)


def _notes_by_label(claims: Sequence[Claim]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for claim in claims:
        found.setdefault(claim.label, set()).add(claim.note_id)
    return found


def _title(kind: str, label: str) -> str:
    return f"{_TITLES[kind]} {label}"


def _examples(change: Change, old: Period, new: Period) -> list[Moved]:
    """The surest words for a label, of the side that has more of it."""
    side: Side = "new" if change.new > change.old else "old"
    period = new if side == "new" else old
    claims = [
        claim
        for kind in compared_kinds(old, new)
        for claim in getattr(period, kind)
        if _title(kind, claim.label) == change.what and claim.evidence
    ]
    claims.sort(key=lambda claim: (-(claim.probability or 0.0), claim.note_id, claim.evidence))
    return [Moved(side, claim.note_id, change.what, claim.evidence) for claim in claims[:_EXAMPLES]]
