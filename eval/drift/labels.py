"""How often each thing is read out of notes: topics by polarity, wishes about channels, flags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..metrics import means
from .aspect import Aspect, Moved, Side, judged
from .effects import SHARES
from .period import Claim, Period
from .sides import Change, Question, Sides

KINDS = ("statements", "channel_statements", "flags")
_TITLES = {"statements": "topic", "channel_statements": "channel", "flags": "flag"}
_EXAMPLES = 3


def label_drift(old: Period, new: Period, level: float) -> Aspect:
    """Share of the notes that have each label; kinds of which either side says nothing are left out."""
    sides = Sides.of(*([note.physician for note in period.notes] for period in (old, new)))
    if sides.too_few:
        return judged("labels", sides, [], level=level)
    questions = [question for kind in compared_kinds(old, new) for question in _questions(kind, old, new)]
    aspect = judged("labels", sides, sides.changes(questions, level=level), level=level)
    moved = [change for change in aspect.changes if change.what in aspect.drifted]
    examples = [example for change in moved for example in _examples(change, old, new)]
    return replace(aspect, examples=tuple(examples))


def compared_kinds(old: Period, new: Period) -> list[str]:
    """The kinds of claims that both sides have."""
    return [kind for kind in KINDS if all(getattr(period, kind) is not None for period in (old, new))]


def _questions(kind: str, old: Period, new: Period) -> Iterator[Question]:
    having = [_notes_by_label(getattr(period, kind)) for period in (old, new)]
    notes = [(side, note.note_id) for side, period in enumerate((old, new)) for note in period.notes]
    for label in sorted(having[0].keys() | having[1].keys()):
        has = np.array([note_id in having[side].get(label, ()) for side, note_id in notes], dtype=np.float64)
        yield Question(_title(kind, label), means(has), SHARES)


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
