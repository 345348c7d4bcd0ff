"""A labelled note and what triage made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ....inference.insights import GoldNote
from ....inference.triage import FlagHit, Identifier, triage_text
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


def triaged_notes(notes: Iterable[GoldNote]) -> list[TriagedNote]:
    """Each note through the rules, with no names known."""
    triaged = [(note, triage_text(note.text)) for note in notes]
    return [TriagedNote(note, found.flags, found.redacted.identifiers) for note, found in triaged]
