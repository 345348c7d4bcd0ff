"""What answers: the present snapshot, the events since it was made, and the change to a newer one."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence

import pyarrow as pa

from ...embeddings import Encoder
from ..matching import MatchSettings
from ..progress import Reporter
from ..records.schemas import CONTENT_EVENTS
from .metrics import Metrics
from .request_log import ServiceLog, Stopwatch
from .snapshot import Snapshot, Sources
from .store import ContentEvent, ServiceStore


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
        self._stamp = sources.stamp()
        self._snapshot = self._load()
        gc.collect()
        gc.freeze()  # what stays until the next change need not be looked through again and again

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
        table = _table(events)
        with self._guard:
            self._snapshot.matcher.observe(table)
            if self._told_meanwhile is not None:
                self._told_meanwhile.append(table)

    def renew(self) -> bool:
        """Take up what changed on disk; whether it did. What cannot be read changes nothing but `failure`."""
        stamp = self._sources.stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._replace(self._load())
        except Exception as e:  # whatever it is: what answers now goes on
            self._failure = str(e)
            self._metrics.loaded("failed")
            self._log.failure("load_failed", e)
            self._reporter.notice(f"what lies on disk is not taken up: {e}")
            return False
        return True

    def _load(self) -> Snapshot:
        watch = Stopwatch()
        with self._guard:
            self._told_meanwhile = []
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
            self._failure = None
        gc.freeze()


def _table(events: Sequence[ContentEvent]) -> pa.Table:
    names = set(CONTENT_EVENTS.names)
    return pa.Table.from_pylist([event.model_dump(include=names) for event in events], schema=CONTENT_EVENTS.schema)
