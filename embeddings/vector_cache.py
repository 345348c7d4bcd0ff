"""Vectors on disk, addressed by what determines them: the text, the weights and the precision.

One SQLite file a model and precision. SQLite's locking lets several processes share it, and its journal keeps it
whole through a crash. Only digests of texts are stored, never a text.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..errors import HcplensError
from .encoder import Encoder, Vectors

logger = logging.getLogger(__name__)

_KEYS_PER_QUERY = 500
_WAIT_SECONDS = 60.0


def default_cache_folder() -> Path:
    """$HCPLENS_CACHE, else hcplens in the user's cache folder."""
    if named := os.environ.get("HCPLENS_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hcplens"


def text_key(text: str) -> bytes:
    """16-byte digest of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class VectorCache:
    """Vectors by key in one SQLite file; bfloat16 vectors are kept as float16, which loses less than bfloat16 did.

    A damaged file is set aside and started anew: everything in it can be computed again. What the machine refuses
    (a full disk, a folder that cannot be written) raises HcplensError.
    """

    def __init__(self, path: Path, *, dimension: int, dtype: type[np.floating]) -> None:
        self._path = path
        self._dimension = dimension
        self._dtype = np.dtype(dtype)
        self._connection = self._open()

    @classmethod
    def for_encoder(cls, encoder: Encoder, folder: Path | None = None) -> VectorCache:
        """The cache that belongs to an encoder's weights and precision."""
        name = f"{encoder.digest[:16]}-{encoder.precision}.sqlite"
        dtype = np.float16 if encoder.precision == "bfloat16" else np.float32
        return cls((folder or default_cache_folder()) / "vectors" / name, dimension=encoder.dimension, dtype=dtype)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors known, by key."""
        try:
            return self._read(keys)
        except sqlite3.DatabaseError as e:
            self._recover(e)
            return {}

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            some = keys[start : start + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)
            found.update((key, self._decode(blob)) for key, blob in rows if len(blob) == self._size)
        return found

    def put(self, items: Iterable[tuple[bytes, Vectors]]) -> None:
        """Keep vectors; a key that another process has kept meanwhile stays as it is."""
        rows = [(key, vector.astype(self._dtype).tobytes()) for key, vector in items]
        try:
            with self._connection:
                self._connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        except sqlite3.DatabaseError as e:
            self._recover(e)

    def rounded(self, vectors: Vectors) -> Vectors:
        """The vectors as they would come back from disk."""
        return vectors.astype(self._dtype).astype(np.float32)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    @property
    def _size(self) -> int:
        return self._dimension * self._dtype.itemsize

    def _decode(self, blob: bytes) -> Vectors:
        return np.frombuffer(blob, dtype=self._dtype).astype(np.float32)

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(self._path.with_suffix(".lock")):
                try:
                    return self._connect()
                except sqlite3.DatabaseError as e:
                    self._set_aside(e)
                    return self._connect()
        except (OSError, sqlite3.OperationalError) as e:
            raise self._unusable(e) from e

    def _recover(self, error: sqlite3.DatabaseError) -> None:
        """Start anew where the file turned out to be damaged after it was opened."""
        if isinstance(error, sqlite3.OperationalError):
            raise self._unusable(error) from error
        self._connection.close()
        self._set_aside(error)
        self._connection = self._open()

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        if isinstance(error, sqlite3.OperationalError):
            raise error
        aside = self._path.with_suffix(".damaged")
        logger.warning("the vector cache %s is damaged (%s): set aside as %s", self._path, error, aside.name)
        self._path.replace(aside)
        for companion in ("-wal", "-shm"):
            self._path.with_name(self._path.name + companion).unlink(missing_ok=True)

    def _unusable(self, error: Exception) -> HcplensError:
        return HcplensError(
            f"cannot use the vector cache {self._path}: {error}; set HCPLENS_CACHE to a writable folder with room"
        )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            with connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
                )
        except sqlite3.Error:
            connection.close()
            raise
        return connection


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Two processes that make the same file at once would find it locked: SQLite does not wait for its first mode."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
