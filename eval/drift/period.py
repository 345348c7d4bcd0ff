"""One side of a comparison: the notes of a period, and what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class PeriodNote:
    """A note; `physician` is what it is clustered by, `text` has no patient's identifiers (None: not at hand)."""

    note_id: str
    physician: str
    date: date | None = None
    text: str | None = None
    channel: str | None = None
    brand: str | None = None
    country: str | None = None
    rep_id: str | None = None
    unread: str | None = None


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

        def ordered(claims: Iterable[Claim] | None) -> tuple[Claim, ...] | None:
            return None if claims is None else tuple(sorted(claims, key=_claim_order))

        by_id = sorted(notes, key=lambda note: (note.note_id, note.physician, note.text or ""))
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


def _claim_order(claim: Claim) -> tuple[str, str, float, str]:
    return (claim.note_id, claim.label, -1.0 if claim.probability is None else claim.probability, claim.evidence)
