"""The store of the service: who may ask, what was told, what was recommended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..roles import Principal, Role
from .answer_rows import insert_answer, select_answers, unpacked
from .events import ContentEvent, EventOutcome
from .key_ring import KeyRing
from .keys import KeyRecord, insert_key, select_keys, update_revoked
from .plain_words import clear_sqlite_errors
from .sqlite_file import connect, prepare
from .writer import Writer

if TYPE_CHECKING:
    import pyarrow as pa

    from ...decision_log import LoggedDecision
    from ...matching import Decision


class ServiceStore:
    """One SQLite file that threads and processes share; `open` opens it, `close` or the end of a `with` ends it.

    Every method raises HcplensError where the disk is full or the file is locked for long; those that write, also
    where the store is closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ring = KeyRing(path)
        try:
            self._writer = Writer(path)
        except BaseException:
            self._ring.close()
            raise

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> ServiceStore:
        """Open the store, or make it, readable by its owner alone.

        Raises:
            InputError: the file is no store, was written by a newer version, or cannot be written; or it is not there
                and `create` is unset.
            HcplensError: the disk is full or the file is locked.
        """
        prepare(path, create=create)
        with clear_sqlite_errors(path):
            return cls(path)

    def close(self) -> None:
        """Store what waits and end; again does nothing. Raises HcplensError if some of it could not be stored."""
        self._ring.close()
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_key(self, role: Role, *, name: str, rep_id: str | None = None) -> tuple[KeyRecord, str]:
        """A new key and its secret, which is not kept and cannot be shown again.

        Raises:
            InputError: no name, a rep without an id, an id without a rep, or either too long.
        """
        return self._writer.do(partial(insert_key, role=role, name=name, rep_id=rep_id))

    def keys(self) -> list[KeyRecord]:
        """All keys, revoked ones too, the oldest first."""
        with self._reading() as connection:
            return select_keys(connection)

    def revoke_key(self, key_id: str) -> None:
        """From now on the key opens nothing, within a second in other processes. Raises InputError if there is none."""
        self._writer.do(partial(update_revoked, key_id=key_id))
        self._ring.forget(key_id)

    def principal(self, secret: str) -> Principal | None:
        """Who has this secret; None if nobody has, or the key was revoked."""
        return self._ring.principal(secret)

    def add_events(self, events: Sequence[ContentEvent]) -> list[EventOutcome]:
        """Store events; what is accepted is on the disk when this returns. One outcome an event, in their order."""
        from .event_rows import insert_events

        return self._writer.do(partial(insert_events, events=events))

    def content_events(self, after: int = 0) -> pa.Table:
        """All events with the schema CONTENT_EVENTS, in the order of their arrival, from behind the place `after`."""
        from .event_rows import select_content_events

        with self._reading() as connection:
            return select_content_events(connection, after)

    def newest_event(self) -> int:
        """The place of the event that arrived last, whichever process stored it; 0 where there is none."""
        from .event_rows import select_newest

        with self._reading() as connection:
            return select_newest(connection)

    def named_decisions(self) -> dict[str, str]:
        """The decision that each event names as the one it came from, by event id; of those that name one."""
        from .event_rows import select_named_decisions

        with self._reading() as connection:
            return select_named_decisions(connection)

    def add_decisions(self, decisions: Sequence[Decision]) -> None:
        """Store the decisions of one answer soon; what waits when the process is killed is lost.

        Raises:
            HcplensError: 1,000 answers wait already, and still do after a second; these are not stored.
        """
        if decisions:
            self._writer.later(partial(insert_answer, decisions=tuple(decisions)))

    def decisions(self) -> Iterator[LoggedDecision]:
        """All decisions, each once, in the order of their arrival; those that wait are stored first."""
        from ...decision_log import LoggedDecision

        self._writer.flush()
        last = 0
        while page := self._answers(last):
            for _, row in page:
                yield from map(LoggedDecision.model_validate, unpacked(row))
            last, _ = page[-1]

    def _answers(self, after: int) -> list[tuple[int, bytes]]:
        with self._reading() as connection:
            return select_answers(connection, after)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one reading: what is read long holds up nobody else."""
        with clear_sqlite_errors(self._path), closing(connect(self._path)) as connection:
            yield connection
