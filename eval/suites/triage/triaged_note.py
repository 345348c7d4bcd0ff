"""A labelled note and what triage made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ....inference.insights import Annotator, Flag, GoldNote
from ....inference.triage import FlagHit, Identifier
from ...datasets import first_place, places
from ...metrics import Place, Span


@dataclass(frozen=True)
class TriagedNote:
    """One note with its labels, and the flags and identifiers that were found in it."""

    note: GoldNote
    flags: tuple[FlagHit, ...]
    identifiers: tuple[Identifier, ...]

    @property
    def has_flags(self) -> bool:
        """Whether somebody labelled its flags."""
        return "flags" in self.note.model_fields_set

    @property
    def has_identifiers(self) -> bool:
        """Whether somebody labelled what identifies a patient."""
        return "phi" in self.note.model_fields_set

    @property
    def claimed_flags(self) -> frozenset[Span]:
        """Flags that were raised, where."""
        return frozenset(Span(flag.kind, flag.start, flag.end) for flag in self.flags)

    @property
    def true_flags(self) -> frozenset[Span]:
        """Flags that were labelled, where: by their exact words."""
        return frozenset(Span(flag.kind, *first_place(self.note.text, flag.evidence)) for flag in self.note.flags)

    @property
    def redacted(self) -> list[Place]:
        """Where identifiers were found."""
        return [(identifier.start, identifier.end) for identifier in self.identifiers]

    @property
    def true_identifiers(self) -> frozenset[Place]:
        """Every place of words that identify a patient."""
        return frozenset(place for words in self.note.phi for place in places(self.note.text, words))


def triaged_notes(notes: Iterable[GoldNote], annotator: Annotator) -> list[TriagedNote]:
    """Each note through rules, redaction and model, as a run would have it, with no names known."""
    known = list(notes)
    found = annotator.annotate([note.text for note in known])
    return [
        TriagedNote(note, tuple(map(_hit, annotation.flags)), annotation.identifiers)
        for note, annotation in zip(known, found, strict=True)
    ]


def _hit(flag: Flag) -> FlagHit:
    start, end = flag.evidence.start or 0, flag.evidence.end or 0
    return FlagHit(start, end, flag.kind, flag.probability, flag.detector)
