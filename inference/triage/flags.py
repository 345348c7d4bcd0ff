"""What triage raises: a possible safety, quality or compliance matter, at exact words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class FlagHit:
    """A flag on the words `[start, end)` of the original text.

    `kind` is one of `FLAG_KINDS`; `probability` of a rule is its strength, not calibrated; `detector` is `rule:NAME`.
    """

    start: int
    end: int
    kind: str
    probability: float
    detector: str


def record_ids(note_id: str) -> frozenset[str]:
    """What the record of a flag may be called in the tables: an answer with the id of a note is flagged by source."""
    return frozenset({note_id, note_id.removeprefix("survey ")})


def flag_id(note_id: str, kind: str, start: int, end: int) -> str:
    """First 16 hexadecimal digits of the SHA-256 of note, kind and span: the same flag has the same id in every run."""
    return hashlib.sha256(f"{note_id}\x1f{kind}\x1f{start}\x1f{end}".encode()).hexdigest()[:16]
