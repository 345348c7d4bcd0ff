"""What answers: the present snapshot, the events since it was made, and the change to a newer one."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence

import pyarrow as pa

from ...embeddings import Encoder
from ...errors import HcplensError
from ..matching import MatchSettings
from ..progress import Reporter
from ..records.schemas import CONTENT_EVENTS
from .metrics import Metrics
from .request_log import ServiceLog, Stopwatch
from .snapshot import Snapshot, Sources
from .store import ContentEvent, ServiceStore

_MOST_LOOKS = 64
"""Looks between tries to read what could not be read: with one every 5 seconds, 5 minutes."""


class Engine:
    """Holds one snapshot at a time; a newer one is loaded aside and takes its place between two requests.

    Raises:
        InputError: the run or the catalogue cannot be read.
    """

    def __init__(
        self,
        sources: Sources,
        encoder: Callable[[], Encoder],
        settings: MatchSettings,
        store: ServiceStore,
        log: ServiceLog,
        metrics: Metrics,
        reporter: Reporter,
    ) -> None:
        self._sources = sources
        self._encoder = encoder
        self._settings = settings
        self._store = store
        self._log = log
        self._metrics = metrics
        self._reporter = reporter
        self._guard = threading.Lock()
        self._told_meanwhile: list[pa.Table] | None = None
        self._failure: str | None = None
        self._failures = self._looks = 0
        self._stamp = sources.stamp()
        self._newest = store.newest_event()
        self._snapshot = self._load()
        _freeze()

    @property
    def snapshot(self) -> Snapshot:
        """What answers now; a request takes it once and keeps it to its end."""
        return self._snapshot

    @property
    def failure(self) -> str | None:
        """Why what lies on disk now is not what answers; None where it is."""
        return self._failure

    def observe(self, events: Sequence[ContentEvent]) -> None:
        """Let events count for the very next answer."""
        self._count(_table(events))

    def catch_up(self) -> None:
        """Let events count that other processes were told and stored; our own are read once more and count once."""
        newest = self._store.newest_event()
        if newest > self._newest:
            self._count(self._store.content_events(after=self._newest))
            self._newest = newest

    def renew(self) -> bool:
        """Take up what changed on disk; whether it did.

        What cannot be read changes nothing but `failure`, and is tried again, at longer and longer intervals: a folder
        may have been half copied.
        """
        stamp = self._sources.stamp()
        if not self._is_due(stamp):
            return False
        self._stamp = stamp
        with self._guard:
            self._told_meanwhile = []
        try:
            self._replace(self._load())
        except Exception as e:  # whatever it is: what answers now goes on
            self._go_on(e)
            return False
        return True

    def _count(self, content_events: pa.Table) -> None:
        with self._guard:
            self._snapshot.matcher.observe(content_events)
            if self._told_meanwhile is not None:
                self._told_meanwhile.append(content_events)

    def _is_due(self, stamp: str) -> bool:
        if stamp != self._stamp:
            self._failures = self._looks = 0
            return True
        self._looks += 1
        return self._failures > 0 and self._looks >= min(2**self._failures, _MOST_LOOKS)

    def _load(self) -> Snapshot:
        watch = Stopwatch()
        snapshot = Snapshot.load(self._sources, self._encoder(), self._settings, self._reporter)
        snapshot.matcher.observe(self._store.content_events())
        self._metrics.loaded("ok")
        self._log.write(
            "loaded",
            run=snapshot.run_digest[:12],
            catalogue=snapshot.catalogue_digest[:12],
            as_of=snapshot.as_of.isoformat(),
            modules=len(snapshot.modules),
            seconds=round(watch.seconds, 2),
        )
        return snapshot

    def _replace(self, snapshot: Snapshot) -> None:
        with self._guard:
            for table in self._told_meanwhile or ():
                snapshot.matcher.observe(table)
            self._told_meanwhile = None
            self._snapshot = snapshot
        self._failure, self._failures, self._looks = None, 0, 0
        _freeze()

    def _go_on(self, error: Exception) -> None:
        with self._guard:
            self._told_meanwhile = None
        self._failure = type(error).__name__
        self._failures, self._looks = self._failures + 1, 0
        self._metrics.loaded("failed")
        self._log.failure("load_failed", error)
        said = error if isinstance(error, HcplensError) else self._failure  # other errors may quote what they met
        self._reporter.notice(f"what lies on disk is not taken up: {said}")


def _freeze() -> None:
    """What stays until the next change need not be looked through again and again; what nobody has must not stay."""
    gc.collect()
    gc.freeze()


def _table(events: Sequence[ContentEvent]) -> pa.Table:
    names = set(CONTENT_EVENTS.names)
    return pa.Table.from_pylist([event.model_dump(include=names) for event in events], schema=CONTENT_EVENTS.schema)
