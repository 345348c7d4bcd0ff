"""What a model was trained on, as digests, so that it is never measured on it.

Digests are of redacted texts: the caller redacts. Short texts, and the names of physicians and brands, can still be
guessed by trying, so a model folder is as confidential as what its notes are about.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable

_BETWEEN = "\x00"


def text_digest(text: str) -> int:
    """First 8 bytes of the SHA-256 of a text's plain form, as a number."""
    return _digest(plain_form(text))


def text_digests(texts: Iterable[str]) -> frozenset[int]:
    """The digests of texts."""
    return frozenset(map(text_digest, texts))


def writer_digest(kind: str, *names: str) -> int:
    """The digest of who wrote something, such as a `physician` with the name and the brand."""
    return _digest(_BETWEEN.join((kind, *map(plain_form, names))))


def plain_form(text: str) -> str:
    """A text without what copying changes: on one line, and case folded."""
    return one_line(text).casefold()


def one_line(text: str) -> str:
    """A text in Unicode's NFC, with one space in place of any white space and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _digest(words: str) -> int:
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[:8], "big")
