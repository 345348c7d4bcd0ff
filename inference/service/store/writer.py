"""One thread writes: what waits goes into one transaction and costs one fsync (group commit)."""

from __future__ import annotations

import logging
import threading
from collections import deque
from concurrent.futures import Future
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ....errors import HcplensError
from ...records.notices import counted
from .job import Job, Result, Work
from .plain_words import in_plain_words
from .sqlite_file import connect, transaction

AT_ONCE = 512
"""Pieces of work in one transaction that are waited for."""
GATHERED_AT_ONCE = 64
"""Pieces of work in one transaction that are not: more would hold up those that are."""
MOST_WAITING = 1000
"""Pieces of work that may wait in the background: a hundred megabytes of decisions or so."""
PATIENCE_SECONDS = 1.0
"""How long the one who adds to a full background queue waits for room."""
GATHER_SECONDS = 0.1
"""How long the background gathers before it asks for an fsync."""
RETRY_SECONDS = 1.0
"""How long the background waits after a failure."""

_logger = logging.getLogger(__name__)


class Writer:
    """Writes to one store, in a thread of its own.

    Work in the foreground (`do`) is waited for; work in the background (`later`) is gathered and retried until the
    file takes it. What waits in the background is lost if the process ends without `close`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = connect(path)
        self._changed = threading.Condition()
        self._foreground: deque[Job] = deque()
        self._background: deque[Job] = deque()
        self._writing = False
        self._closing = False
        self._is_last_try = False
        self._given_up = False
        self._trouble: HcplensError | None = None
        self._lost = 0
        self._why_lost = ""
        self._thread = threading.Thread(target=self._run, name="hcplens-store", daemon=True)
        self._thread.start()

    def do(self, work: Work[Result]) -> Result:
        """Do it and come back when it is on the disk.

        Raises:
            HcplensError: the store is closed, or did not take it; nothing of it is stored then.
            Exception: what `work` raised; nothing of it is stored then either.
        """
        job = Job(work)
        with self._changed:
            self._require_open()
            self._foreground.append(job)
            self._changed.notify_all()
        result: Result = job.future.result()
        return result

    def later(self, work: Work[None]) -> None:
        """Do it soon.

        Raises:
            HcplensError: the store is closed, or too much is waiting already; this is not among it then.
        """
        job = Job(work)
        job.future.add_done_callback(self._note)
        with self._changed:
            self._changed.wait_for(lambda: self._has_room() or self._trouble, timeout=PATIENCE_SECONDS)
            self._require_open()
            if not self._has_room():
                why = self._trouble or f"the disk of {self._path} is too slow for them"
                raise HcplensError(f"{MOST_WAITING:,} answers wait to be stored, and no more are taken: {why}")
            self._background.append(job)
            self._changed.notify_all()

    def flush(self) -> None:
        """Come back when all that waited in the background is on the disk.

        Raises:
            HcplensError: the file does not take it; it still waits.
        """
        with self._changed:
            self._changed.wait_for(lambda: not (self._background or self._writing) or self._trouble is not None)
            if (self._background or self._writing) and self._trouble is not None:
                raise self._trouble

    def close(self) -> None:
        """Write what waits and end; again does nothing.

        Raises:
            HcplensError: some of it could not be written and is lost.
        """
        with self._changed:
            if self._closing:
                return
            self._closing = True  # whatever the trouble was, it is tried once more
            self._changed.notify_all()
        self._thread.join()
        self._connection.close()
        lost = len(self._background) + self._lost
        if lost:
            why = self._trouble or self._why_lost
            raise HcplensError(f"{counted(lost, 'answer')} not stored in {self._path}: {why}")

    def _require_open(self) -> None:
        if self._closing:
            raise HcplensError(f"the store {self._path} is closed")

    def _has_room(self) -> bool:
        return len(self._background) < MOST_WAITING or self._closing

    def _note(self, future: Future[Any]) -> None:
        if error := future.exception():
            _logger.error("an answer's decisions cannot be stored", exc_info=error)
            self._lost += 1
            self._why_lost = self._why_lost or str(error)

    def _run(self) -> None:
        while jobs := self._next():
            self._write(*jobs)

    def _next(self) -> tuple[list[Job], list[Job]] | None:
        """The next transaction's work, the foreground's and the background's; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._foreground or self._background or self._closing)
            if not self._foreground:
                self._gather()
            if not self._foreground and (not self._background or self._given_up):
                return None
            self._writing, self._is_last_try = True, self._closing
            jobs = _take(self._foreground, AT_ONCE), _take(self._background, GATHERED_AT_ONCE)
            self._changed.notify_all()
            return jobs

    def _gather(self) -> None:
        """Unless somebody waits for an answer, more may come that one fsync can serve."""
        self._changed.wait_for(self._pressing, timeout=RETRY_SECONDS if self._trouble else GATHER_SECONDS)

    def _pressing(self) -> bool:
        enough = len(self._background) >= GATHERED_AT_ONCE and not self._trouble
        return bool(self._foreground) or self._closing or enough

    def _write(self, foreground: list[Job], background: list[Job]) -> None:
        trouble: HcplensError | None = None
        try:
            with transaction(self._connection):
                tell = [job.attempt(self._connection) for job in (*foreground, *background)]
        except BaseException as e:  # whoever waits is told, whatever it is
            trouble = in_plain_words(self._path, e)
            trouble.__cause__ = e
            tell = [partial(job.future.set_exception, trouble) for job in foreground]
        for each in tell:
            each()
        with self._changed:
            if trouble:
                self._background.extendleft(reversed(background))
                self._given_up = self._is_last_try
            self._trouble = trouble
            self._writing = False
            self._changed.notify_all()


def _take(waiting: deque[Job], most: int) -> list[Job]:
    taken = list(islice(waiting, most))
    for _ in taken:
        waiting.popleft()
    return taken
