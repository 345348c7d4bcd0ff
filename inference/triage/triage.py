"""Triage of one note: flags on the raw text, then redaction, then whether the note can be read at all."""

from __future__ import annotations

from dataclasses import dataclass

from .flags import FlagHit
from .identifiers import identifiers_of
from .language import unread_reason
from .plain_text import PlainText
from .redaction import Redacted, redact
from .rules import flags_of


@dataclass(frozen=True)
class Triaged:
    """A note after triage; `unread` says why later stages skip it (`language: de`), its flags stand all the same."""

    redacted: Redacted
    flags: tuple[FlagHit, ...]
    unread: str | None


def triage_text(text: str, known_names: frozenset[str] = frozenset()) -> Triaged:
    """Flags, redaction and language of one raw note; `known_names` as in `find_identifiers`."""
    plain = PlainText.of(text)
    flags = tuple(flags_of(plain))
    redacted = redact(text, identifiers_of(plain, known_names))
    return Triaged(redacted, flags, unread_reason(plain.text))
