"""What the routes share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from .engine import Engine
from .metrics import Metrics
from .rate_limit import RateLimit
from .request_log import ServiceLog
from .settings import ServiceSettings
from .store import ServiceStore

_STORE_THREADS = 8
"""Threads that wait for the disk: what they write together is synchronised once."""

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class ServiceContext:
    """One running service; the event loop only reads and writes, threads compute and wait for the disk."""

    settings: ServiceSettings
    engine: Engine
    store: ServiceStore
    metrics: Metrics
    log: ServiceLog
    rates: RateLimit = field(init=False)
    _matching: ThreadPoolExecutor = field(init=False)
    _storing: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        object.__setattr__(self, "rates", RateLimit(settings.requests_per_second, settings.burst))
        object.__setattr__(self, "_matching", ThreadPoolExecutor(settings.match_threads, "match"))
        object.__setattr__(self, "_storing", ThreadPoolExecutor(_STORE_THREADS, "store"))

    async def compute(self, work: Callable[[], Result]) -> Result:
        """The result of work that needs the processor."""
        return await asyncio.get_running_loop().run_in_executor(self._matching, work)

    async def store_soon(self, work: Callable[[], Result]) -> Result:
        """The result of work that waits for the disk."""
        return await asyncio.get_running_loop().run_in_executor(self._storing, work)

    def close(self) -> None:
        """End the threads when their work is done."""
        self._matching.shutdown()
        self._storing.shutdown()
