"""The same notes by several annotators, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ...errors import InputError
from .labelled_notes import LabelledNote, read_labelled_notes


@dataclass(frozen=True)
class SharedNote:
    """One note and who labelled it how; at least two annotators."""

    note_id: str
    hcp_id: str
    text: str
    by: Mapping[str, LabelledNote]

    def pairs(self) -> list[tuple[LabelledNote, LabelledNote]]:
        """Every two annotators' labels of the note."""
        return list(combinations(self.by.values(), 2))


@dataclass(frozen=True)
class SharedNotes:
    """Notes that at least two annotators labelled; `alone` counts each annotator's notes that nobody else did."""

    annotators: tuple[str, ...]
    notes: tuple[SharedNote, ...]
    alone: Mapping[str, int]

    def of(self, annotators: Iterable[str]) -> tuple[SharedNote, ...]:
        """The notes that all of these annotators labelled, with nobody else's labels."""
        wanted = tuple(annotators)
        return tuple(
            SharedNote(note.note_id, note.hcp_id, note.text, {name: note.by[name] for name in wanted})
            for note in self.notes
            if all(name in note.by for name in wanted)
        )


def read_shared_notes(paths: Iterable[Path]) -> SharedNotes:
    """Labelled notes of files, matched by `note_id`; annotators are the records' `annotator`, else the files' stems.

    Raises:
        InputError: a file that holds no labelled notes, or whatever `shared_notes` raises.
    """
    return shared_notes(read_labelled_notes(paths))


def shared_notes(labelled: Iterable[LabelledNote]) -> SharedNotes:
    """Match notes by `note_id`.

    Raises:
        InputError: fewer than two annotators, no note in common, a note that an annotator labelled twice, or a note
            whose text or physician is not the same everywhere.
    """
    by_note: dict[str, dict[str, LabelledNote]] = {}
    for note in labelled:
        annotator = str(note.annotator)
        by_annotator = by_note.setdefault(note.note_id, {})
        if annotator in by_annotator:
            raise InputError(
                f"annotator {annotator!r} labelled note {note.note_id!r} twice: files and annotators are told apart by "
                "the field `annotator`, else by the file's name"
            )
        by_annotator[annotator] = note
    annotators = sorted({name for by_annotator in by_note.values() for name in by_annotator})
    if len(annotators) < 2:
        raise InputError(
            f"agreement needs two annotators, but there is only {', '.join(map(repr, annotators)) or 'nobody'}: "
            "give a file an annotator, or records with the field `annotator`"
        )
    shared = [_shared(note_id, by) for note_id, by in sorted(by_note.items()) if len(by) > 1]
    if not shared:
        raise InputError(f"the annotators {', '.join(annotators)} have no note in common (matched by `note_id`)")
    alone = {name: sum(by.keys() == {name} for by in by_note.values()) for name in annotators}
    return SharedNotes(tuple(annotators), tuple(shared), alone)


def _shared(note_id: str, by_annotator: Mapping[str, LabelledNote]) -> SharedNote:
    by = dict(sorted(by_annotator.items()))
    first, *others = by.items()
    for name, note in others:
        for field in ("text", "hcp_id"):
            if getattr(note, field) != getattr(first[1], field):
                raise InputError(
                    f"note {note_id!r}: field {field!r} of {name!r} is not that of {first[0]!r}: "
                    "agreement is measured on the same notes"
                )
    return SharedNote(note_id, first[1].hcp_id, first[1].text, by)
