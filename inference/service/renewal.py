"""A thread that takes up newer runs, catalogues and assignments, and events that other processes were told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .engine import Engine
from .request_log import ServiceLog


class Renewal:
    """Looks at the store and the files every few seconds until it is stopped."""

    def __init__(self, engine: Engine, seconds: float, log: ServiceLog) -> None:
        self._engine = engine
        self._seconds = seconds
        self._log = log
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="renewal", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being loaded is not waited for."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._look(lambda: self._engine.catch_up())
            self._look(lambda: self._engine.renew())

    def _look(self, look: Callable[[], object]) -> None:
        try:
            look()
        except Exception as e:  # the service goes on with what it has, and looks again
            self._log.failure("load_failed", e)
