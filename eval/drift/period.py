"""One side of a comparison: the notes of a period, and what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

NOT_SHOWN = "(not shown: the note could not be read)"
"""In place of words of a note in which triage cannot find what identifies a patient."""

KINDS = ("statements", "channel_statements", "flags")
"""The kinds of claims."""


@dataclass(frozen=True, order=True)
class PeriodNote:
    """A note.

    Attributes:
        physician: what it is clustered by.
        text: without a patient's identifiers, as far as triage can find them; None where it is not at hand.
        unread: why triage cannot read it, such as `language: de`; then its words are compared, but never shown.
        read_for: the kinds of claims that somebody looked for in it; it says nothing of how common others are.
    """

    note_id: str
    physician: str
    date: date | None = None
    text: str | None = None
    channel: str | None = None
    brand: str | None = None
    country: str | None = None
    rep_id: str | None = None
    unread: str | None = None
    read_for: tuple[str, ...] = KINDS

    @property
    def shown(self) -> str:
        """What a person may see of it."""
        return NOT_SHOWN if self.unread else self.text or ""


@dataclass(frozen=True, order=True)
class Claim:
    """Something read out of a note: its label, such as `coverage barrier`, how surely, and the words (masked)."""

    note_id: str
    label: str
    probability: float | None
    evidence: str


@dataclass(frozen=True)
class Period:
    """Notes and claims in an order of their own, so that the order of the rows in a file plays no part.

    Claims about a note that could not be read quote none of its words.

    `statements`, `channel_statements` and `flags` are None where the source says nothing of them.
    """

    name: str
    notes: tuple[PeriodNote, ...]
    statements: tuple[Claim, ...] | None = None
    channel_statements: tuple[Claim, ...] | None = None
    flags: tuple[Claim, ...] | None = None
    notices: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        name: str,
        notes: Iterable[PeriodNote],
        *,
        statements: Iterable[Claim] | None = None,
        channel_statements: Iterable[Claim] | None = None,
        flags: Iterable[Claim] | None = None,
        notices: Iterable[str] = (),
    ) -> Period:
        """Sorted by note."""
        by_id = sorted(notes, key=lambda note: (note.note_id, note.physician, note.text or ""))
        unread = frozenset(note.note_id for note in by_id if note.unread)

        def ordered(claims: Iterable[Claim] | None) -> tuple[Claim, ...] | None:
            return None if claims is None else tuple(sorted((_shown(c, unread) for c in claims), key=_claim_order))

        return cls(
            name,
            tuple(by_id),
            statements=ordered(statements),
            channel_statements=ordered(channel_statements),
            flags=ordered(flags),
            notices=tuple(notices),
        )

    @property
    def has_texts(self) -> bool:
        """Whether the notes' words are at hand."""
        return any(note.text is not None for note in self.notes)


def _shown(claim: Claim, unread: AbstractSet[str]) -> Claim:
    return replace(claim, evidence=NOT_SHOWN) if claim.note_id in unread and claim.evidence else claim


def _claim_order(claim: Claim) -> tuple[str, str, float, str]:
    return (claim.note_id, claim.label, -1.0 if claim.probability is None else claim.probability, claim.evidence)
