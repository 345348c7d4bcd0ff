"""Notes with something lost or falsely raised: lost flags first, then identifiers left in clear, then the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...metrics import overlap
from ...results import Example, Mark
from ..black_out import shown_note
from .triaged_note import TriagedNote

IDENTIFIER = "identifies a patient"


def triage_examples(suite: str, notes: Sequence[TriagedNote]) -> list[Example]:
    """An example a note that is not all right."""
    marked = [(note, [*_flag_marks(note), *_identifier_marks(note)]) for note in notes]
    wrong = [(note, marks) for note, marks in marked if any(mark.outcome != "hit" for mark in marks)]
    wrong.sort(key=lambda item: _urgency(item[1]))
    return [
        Example(
            suite,
            note.note.note_id,
            note.note.hcp_id,
            shown_note(note.note, note.identifiers),
            tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.label))),
            _lost(marks),
        )
        for note, marks in wrong
    ]


def _flag_marks(note: TriagedNote) -> Iterator[Mark]:
    if not note.has_flags:
        return
    claimed, true = {flag.kind for flag in note.flags}, {flag.kind for flag in note.note.flags}
    for flag in note.flags:
        yield Mark(flag.start, flag.end, flag.kind, "hit" if flag.kind in true else "false", flag.probability)
    for span in sorted(note.true_flags, key=lambda span: span.start):
        if span.label not in claimed:
            yield Mark(span.start, span.end, str(span.label), "missed")


def _identifier_marks(note: TriagedNote) -> Iterator[Mark]:
    if not note.has_identifiers:
        return
    true = sorted(note.true_identifiers)
    for start, end in note.redacted:
        touches = any(overlap((start, end), place) for place in true)
        yield Mark(start, end, IDENTIFIER, "hit" if touches else "false")
    for place in true:
        if not any(overlap(place, found) for found in note.redacted):
            yield Mark(*place, IDENTIFIER, "missed")


def _urgency(marks: Sequence[Mark]) -> int:
    missed = {mark.label == IDENTIFIER for mark in marks if mark.outcome == "missed"}
    return 0 if False in missed else 1 if missed else 2


def _lost(marks: Sequence[Mark]) -> tuple[tuple[str, str], ...]:
    lost = [mark.label for mark in marks if mark.outcome == "missed"]
    return (("lost", ", ".join(lost)),) if lost else ()
