"""The log: one JSON object a line. It never holds a body, a quote, a name, a path or the message of an error."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

import orjson

_FRAMES = 5


class ServiceLog:
    """Lines to a stream, from any thread; where it does not take one, that line is lost and nothing else is."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()

    def write(self, event: str, **fields: str | int | float | None) -> None:
        """One line: when, what, and its fields; those that are None are left out."""
        known = {name: value for name, value in fields.items() if value is not None}
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = orjson.dumps({"at": now, "event": event, **known}).decode() + "\n"
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(line)
            self._stream.flush()

    def failure(self, event: str, error: BaseException, **fields: str | int | float | None) -> None:
        """One line on an error: its kind and where it was raised. What it says may quote a note, so it is left out."""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        self.write(event, error=type(error).__name__, where=where, **fields)


class LibraryLines(logging.Handler):
    """What libraries say, as lines of the log: who, how bad, and the kind of an error.

    Of `spoken` loggers the message is there too: it never has a word of a request.
    """

    def __init__(self, log: ServiceLog, spoken: str) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._spoken = spoken

    def emit(self, record: logging.LogRecord) -> None:
        """One line without a traceback."""
        is_spoken = record.name.partition(".")[0] == self._spoken
        error = record.exc_info[0] if record.exc_info else None
        self._log.write(
            "server" if is_spoken else "library",
            level=record.levelname.lower(),
            logger=None if is_spoken else record.name,
            message=record.getMessage().strip() if is_spoken else None,
            error=error.__name__ if error else None,
        )


class Stopwatch:
    """Time since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Elapsed seconds."""
        return time.perf_counter() - self._begun
