"""Which texts a model was trained on, so that it is never measured on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def text_digest(text: str) -> int:
    """First 8 bytes of the SHA-256 of a text, as a number: the text itself cannot be told from it."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")


def text_digests(texts: Iterable[str]) -> frozenset[int]:
    """The digests of texts."""
    return frozenset(map(text_digest, texts))
