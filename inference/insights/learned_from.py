"""What heads learned from, as digests of redacted texts and of who wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from ...embeddings.trained_on import one_line, text_digest, writer_digest
from ..triage import find_all_identifiers, redact
from .gold import GoldNote

_MOST_TIMES = 8


def redacted_digest(text: str) -> int:
    """The digest of a text without what identifies patients: the same before and after redacted labelling.

    The text is put on one line first, because what is redacted may depend on where lines end, and redacted until
    nothing more is found, because placeholders may give away what stands beside them. The networks that
    redact compute in full precision, so that the digest is the same on every machine.
    """
    (digest,) = redacted_digests([text])
    return digest


def redacted_digests(texts: Sequence[str]) -> list[int]:
    """`redacted_digest` of many, in less time."""
    lines = [one_line(text) for text in texts]
    pending = list(range(len(lines)))
    for _ in range(_MOST_TIMES):
        identifiers = find_all_identifiers([lines[row] for row in pending], precision="float32")
        found = dict(zip(pending, identifiers, strict=True))
        pending = [row for row in pending if found[row]]
        for row in pending:
            lines[row] = redact(lines[row], found[row]).text
    return [text_digest(line) for line in lines]


def learned_digests(notes: Sequence[GoldNote], texts: Sequence[str] = ()) -> frozenset[int]:
    """Digests of labelled notes and of who they are about, and of texts without labels."""
    digests = frozenset(redacted_digests([*(note.text for note in notes), *texts]))
    return digests | {physician_digest(note.hcp_id, note.brand) for note in notes}


def physician_digest(hcp_id: str, brand: str | None) -> int:
    """The digest of a physician together with the brand that the notes are about."""
    return writer_digest("physician", hcp_id, brand or "")


def group_digest(group: str | int) -> int:
    """The digest of a group of texts."""
    return writer_digest("group", str(group))
