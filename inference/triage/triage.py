"""Triage of one note: flags on the raw text, then redaction, then whether the note can be read at all."""

from __future__ import annotations

from dataclasses import dataclass, field

from .approved_use import ApprovedUses
from .flags import FlagHit
from .identifiers import identifiers_of
from .language import unread_reason
from .lookalikes import without_lookalikes
from .plain_text import PlainText
from .redaction import Redacted, redact
from .rules import flags_of


@dataclass(frozen=True)
class Triaged:
    """A note after triage; `unread` says why later stages skip it (`language: de`), its flags stand all the same."""

    redacted: Redacted
    flags: tuple[FlagHit, ...]
    unread: str | None

    @property
    def readable(self) -> str:
        """What a model reads: the redacted text, its letters all of one alphabet, with the same offsets."""
        return without_lookalikes(self.redacted.text)


@dataclass(frozen=True)
class Triage:
    """Triage with what is known besides the notes.

    Attributes:
        known_names: names that are never a patient's, as in `find_identifiers`.
        approved: what the labels of the brands allow.
    """

    known_names: frozenset[str] = frozenset()
    approved: ApprovedUses = field(default_factory=ApprovedUses)

    def of(self, text: str, brand: str | None = None) -> Triaged:
        """Flags, redaction and language of one raw note about a brand."""
        plain = PlainText.of(text)
        flags = tuple(flags_of(plain, self.approved.of_brand(brand)))
        redacted = redact(text, identifiers_of(plain, self.known_names))
        return Triaged(redacted, flags, unread_reason(plain.text))


def triage_text(text: str) -> Triaged:
    """Triage of a raw text when nothing else is known."""
    return Triage().of(text)
