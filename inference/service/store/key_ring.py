"""Who is behind a secret, asked at every request."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from ..roles import Principal
from .keys import HeldKey, key_id_of, select_held
from .plain_words import clear_sqlite_errors
from .sqlite_file import connect

MOST_KEPT = 10_000
"""Keys that are remembered; those that were not used for longest are looked up again."""
FRESH_SECONDS = 1.0
"""After that a key is looked up again, as another process may have revoked it."""
_MOST_BUSY_MILLISECONDS = 250  # every request waits for its key, and all wait while one does


class KeyRing:
    """The keys in use, remembered for a second; no secret is."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._connection: sqlite3.Connection | None = connect(path)
        self._connection.execute(f"PRAGMA busy_timeout = {_MOST_BUSY_MILLISECONDS}")
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[HeldKey, float]] = OrderedDict()

    def principal(self, secret: str) -> Principal | None:
        """Who has it; None if nobody has, or it was revoked."""
        key_id = key_id_of(secret)
        held = self._held(key_id) if key_id else None
        return held.principal if held and held.opened_by(secret) else None

    def forget(self, key_id: str) -> None:
        """It has just been revoked."""
        with self._lock:
            self._kept.pop(key_id, None)

    def close(self) -> None:
        """Nobody is known afterwards."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._kept.clear()

    def _held(self, key_id: str) -> HeldKey | None:
        with self._lock:
            kept, until = self._kept.get(key_id, (None, 0.0))
            if kept and self._clock() < until:
                self._kept.move_to_end(key_id)
                return kept
            return self._looked_up(key_id)

    def _looked_up(self, key_id: str) -> HeldKey | None:
        self._kept.pop(key_id, None)
        if self._connection is None:
            return None
        with clear_sqlite_errors(self._path):
            held = select_held(self._connection, key_id)
        if held:  # what is unknown is not kept: guesses would push out the keys in use
            self._kept[key_id] = held, self._clock() + FRESH_SECONDS
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return held
