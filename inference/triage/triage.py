"""Triage of notes: flags on the raw text, then redaction, then whether the note can be read at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .approved_use import ApprovedUses
from .flags import FlagHit
from .identifiers import identifiers_of
from .known_names import name_forms
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
        known_names: names that are never a patient's, as in `find_identifiers`, besides the brand of a note.
        approved: what the labels of the brands allow.
    """

    known_names: frozenset[str] = frozenset()
    approved: ApprovedUses = field(default_factory=ApprovedUses)

    def of(self, text: str, brand: str | None = None) -> Triaged:
        """Flags, redaction and language of one raw note about a brand."""
        (triaged,) = self.of_all([text], [brand])
        return triaged

    def of_all(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> list[Triaged]:
        """The same of many, each about its brand if that is known: as if each were alone, in less time."""
        brands = brands or [None] * len(texts)
        plains = [PlainText.of(text) for text in texts]
        names = {brand: self.known_names | name_forms([brand] if brand else []) for brand in dict.fromkeys(brands)}
        identifiers = identifiers_of(plains, [names[brand] for brand in brands])
        flags = [flags_of(plain, self.approved.of_brand(brand)) for plain, brand in zip(plains, brands, strict=True)]
        return [
            Triaged(redact(text, found), tuple(raised), unread_reason(plain.text))
            for text, plain, found, raised in zip(texts, plains, identifiers, flags, strict=True)
        ]


def triage_text(text: str) -> Triaged:
    """Triage of a raw text when nothing else is known."""
    return Triage().of(text)


def triage_texts(texts: Sequence[str]) -> list[Triaged]:
    """`triage_text` of many, in less time."""
    return Triage().of_all(texts)
