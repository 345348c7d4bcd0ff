"""How often a key may ask: a bucket of tokens that fills steadily."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from .problems import ServiceError

_LONGEST_SECONDS = 86_400
"""Nobody is told to wait for longer."""


class RateLimit:
    """A bucket a key; used by the event loop alone.

    A request needs one token to be let in. What it costs more (the items of a batch) is taken afterwards and may leave
    the bucket in debt, which the next request waits for.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def enter(self, key_id: str) -> None:
        """Take one token; raises ServiceError 429 where there is none."""
        now = self._clock()
        tokens, since = self._buckets.get(key_id, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._per_second)
        if tokens < 1:
            self._buckets[key_id] = tokens, now
            raise _too_often(math.ceil(min(_LONGEST_SECONDS, (1 - tokens) / self._per_second)))
        self._buckets[key_id] = tokens - 1, now

    def charge(self, key_id: str, cost: int) -> None:
        """Take what a request costs besides its first token."""
        tokens, since = self._buckets.get(key_id, (self._burst, self._clock()))
        self._buckets[key_id] = tokens - cost, since


def _too_often(seconds: int) -> ServiceError:
    return ServiceError(
        429,
        "rate_limited",
        f"this key asks too often: come again in {seconds} s",
        headers={"Retry-After": str(max(1, seconds))},
    )
