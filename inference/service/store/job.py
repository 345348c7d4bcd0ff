"""A piece of work within a transaction that others share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]

_ITS_OWN = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
"""Errors of SQLite that say something of the work; all others say something of the file."""


class Job:
    """Work and who waits for it."""

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()

    def attempt(self, connection: sqlite3.Connection) -> Callable[[], None]:
        """Do it; a mistake of its own undoes it alone. Answers what tells its caller, once all is on the disk."""
        connection.execute("SAVEPOINT job")
        try:
            told = partial(self.future.set_result, self.work(connection))
        except Exception as e:
            if isinstance(e, sqlite3.Error) and not isinstance(e, _ITS_OWN):
                raise
            connection.execute("ROLLBACK TO job")
            told = partial(self.future.set_exception, e)
        connection.execute("RELEASE job")
        return told
