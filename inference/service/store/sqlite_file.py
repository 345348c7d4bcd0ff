"""The SQLite file: made whole and for its owner alone, opened only if it is ours."""

from __future__ import annotations

import os
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ....errors import InputError
from ...runs.publishing import clear_os_errors
from .plain_words import BUSY_SECONDS, clear_sqlite_errors
from .schema import APPLICATION_ID, SCHEMA_STEPS

PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 67108864")

_MAGIC = b"SQLite format 3\x00"
_COMPANIONS = ("", "-wal", "-shm")
_OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR


def is_sqlite_file(path: Path) -> bool:
    """Whether it begins as every SQLite file does; False where there is no file."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def prepare(path: Path, *, create: bool) -> None:
    """Make the store if it is not there, and see to it that it is ours, as new as we know, and its owner's alone.

    Raises:
        InputError: no such file (with `create` unset), no store, written by a newer version, or no right to write.
        HcplensError: the disk is full or the file is locked.
    """
    with clear_os_errors(path), clear_sqlite_errors(path):
        if not path.exists():
            if not create:
                raise InputError(f"there is no store {path}: name the file that `hcplens serve --store` was given")
            _make(path)
        _require_ours(path)
        _close_to_others(path)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a store that is there; whoever shares it between threads guards it."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing; on the disk when it ends."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make(path: Path) -> None:
    """The whole store appears at once; of two processes that make it, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
        with closing(connect(partial)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            with transaction(connection):
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                _upgrade(connection, 0)
        _link(partial, path)
    finally:
        for companion in _COMPANIONS:
            partial.with_name(partial.name + companion).unlink(missing_ok=True)


def _link(partial: Path, path: Path) -> None:
    try:
        os.link(partial, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _require_ours(path: Path) -> None:
    """Looked at through SQLite: to open and close the file besides would end the locks that this process has on it."""
    try:
        with closing(connect(path)) as connection:
            _check(path, connection)
    except sqlite3.DatabaseError as e:
        if is_sqlite_file(path):
            raise
        raise _no_store(path) from e


def _no_store(path: Path) -> InputError:
    return InputError(f"{path} is no store of the service: name another file")


def _check(path: Path, connection: sqlite3.Connection) -> None:
    [[application]] = connection.execute("PRAGMA application_id")
    if not path.stat().st_size:
        raise _no_store(path)
    if application != APPLICATION_ID:
        raise InputError(f"{path} is a database, but no store of the service: name another file")
    [[version]] = connection.execute("PRAGMA user_version")
    if version > len(SCHEMA_STEPS):
        raise InputError(
            f"the store {path} was written by a newer hcplens (its schema is {version}, this one knows up to "
            f"{len(SCHEMA_STEPS)}): upgrade hcplens"
        )
    if version < len(SCHEMA_STEPS):
        with transaction(connection):
            [[version]] = connection.execute("PRAGMA user_version")
            _upgrade(connection, version)


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    for step in SCHEMA_STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(SCHEMA_STEPS)}")


def _close_to_others(path: Path) -> None:
    """A copy may have come with other rights than the store was made with."""
    for companion in _COMPANIONS:
        file = path.with_name(path.name + companion)
        with suppress(FileNotFoundError):  # the last one who uses the store removes them
            if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                file.chmod(_OWNER_ONLY)
