"""Clauses as a model may see them: cut from the redacted text, pointing into the original."""

from __future__ import annotations

from typing import NamedTuple

from ...embeddings.clauses import split_clauses
from ..triage import Redacted


class RedactedClause(NamedTuple):
    """`text` has placeholders for identifiers; [start, end) is where it lies in the original."""

    text: str
    start: int
    end: int
    masked: bool


def redacted_clauses(redacted: Redacted) -> list[RedactedClause]:
    """The clauses of a redacted text, in order; one without a letter or digit says nothing and is left out."""
    clauses = []
    for start, end in split_clauses(redacted.text):
        if not any(map(str.isalnum, redacted.text[start:end])):
            continue
        original_start, original_end = redacted.to_original(start, end)
        masked = redacted.overlaps(original_start, original_end)
        clauses.append(RedactedClause(redacted.text[start:end], original_start, original_end, masked))
    return clauses
