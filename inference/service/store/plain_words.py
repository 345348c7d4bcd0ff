"""What errors of SQLite mean to the one who runs the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ....errors import HcplensError, InputError

BUSY_SECONDS = 5.0
"""How long a write waits for another process that is writing."""


@contextmanager
def clear_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite refuses into a message."""
    try:
        yield
    except sqlite3.Error as e:
        raise in_plain_words(path, e) from e


def in_plain_words(path: Path, error: BaseException) -> HcplensError:
    """The error to raise instead."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return HcplensError(f"no room left on the disk of the store {path}: make room; nothing of this was stored")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return HcplensError(
            f"another process has held the store {path} for more than {BUSY_SECONDS:g} seconds: try again, or end it"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return InputError(f"cannot write the store {path}: {error}; is it, and is its folder, yours to write?")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return InputError(f"the store {path} is damaged ({error}): put back a copy of it")
    return HcplensError(f"the store {path} did not take it: {error}")
