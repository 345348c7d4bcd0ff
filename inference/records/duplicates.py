"""Rows that come again: the same key with the same content, or with another."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

_DIGEST_BYTES = 16
_PLACE = struct.Struct(">IQ")


@dataclass(frozen=True)
class Earlier:
    """Where a key was first seen, and whether its content was the same there."""

    file: str
    row: int
    same: bool


class Duplicates:
    """Remembers 16-byte digests of key and content and the place of each first sighting, not the rows."""

    def __init__(self) -> None:
        self._seen: dict[bytes, bytes] = {}
        self._files: list[str] = []

    def start_file(self, file: str) -> None:
        """Rows that follow are of this file."""
        self._files.append(file)

    def earlier(self, key: Iterable[object], content: Iterable[object], row: int) -> Earlier | None:
        """The first sighting of the key; None where this is it, and it is remembered."""
        digest = _digest(content)
        new = digest + _PLACE.pack(len(self._files) - 1, row)
        known = self._seen.setdefault(_digest(key), new)
        if known is new:
            return None
        file, first_row = _PLACE.unpack(known[_DIGEST_BYTES:])
        return Earlier(self._files[file], first_row, same=known.startswith(digest))


def _digest(values: Iterable[object]) -> bytes:
    return blake2b(repr(values).encode(), digest_size=_DIGEST_BYTES).digest()
