"""When to ask again, and after how long."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGAIN = frozenset({408, 429, 502, 503, 504})
"""Answers after which the same request may be sent again: it was not begun, or does no harm twice."""


@dataclass(frozen=True)
class Retries:
    """How patient a client is.

    Between tries it waits a random time, up to twice as long each time, so that many clients do not come back
    together; never shorter than the service asked for (Retry-After), and if that is longer than `longest_seconds`, it
    gives up at once.

    Attributes:
        tries: of one request, the first one included.
        first_seconds: the longest wait after the first try.
        longest_seconds: the longest wait.
    """

    tries: int = 5
    first_seconds: float = 0.25
    longest_seconds: float = 15.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def wait(self, tried: int, retry_after: str | None = None) -> bool:
        """Wait before the next try, if there is to be one; `tried` counts from 1."""
        least = _seconds(retry_after)
        if tried >= self.tries or least > self.longest_seconds:
            return False
        most = min(self.longest_seconds, self.first_seconds * 2.0 ** (tried - 1))
        self.sleep(least + random.uniform(0, most))
        return True


def _seconds(retry_after: str | None) -> float:
    """Of a Retry-After header, a number of seconds or a date; 0 where it says nothing that can be read."""
    if not retry_after:
        return 0.0
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
