"""What an operator may set of the service."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError


@dataclass(frozen=True)
class ServiceSettings:
    """Bounds on what is asked at once, and how often the files are looked at.

    Attributes:
        max_in_flight: requests that are answered or wait for it at a time; one more is refused with 429. Events have a
            bound of their own of the same size.
        match_threads: threads that match; Python runs one of them at a time, so a second one seldom pays.
        requests_per_second: of one key, over time; a batch counts for its items.
        burst: how many of a key may come at once after a quiet time.
        max_body_bytes: of a request; a larger one is refused with 413.
        max_arriving: requests of one key whose bodies are on their way at a time; one more is refused with 429.
        body_seconds: how long a client may take to send its body; a slower one is refused with 408.
        answer_seconds: how long a client may take none of its answer; the rest is not sent then.
        max_batch: items of a batch, and events of one request.
        max_k: modules of one answer.
        poll_seconds: how often the run, the catalogue and the assignments are looked at for a change.
        grace_seconds: how long requests in flight may take to finish when the service is told to stop.

    Raises:
        InputError: a bound that is not above 0, or has no end.
    """

    max_in_flight: int = 32
    match_threads: int = 1
    requests_per_second: float = 1000.0
    burst: int = 2000
    max_body_bytes: int = 1_048_576
    max_arriving: int = 64
    body_seconds: float = 10.0
    answer_seconds: float = 30.0
    max_batch: int = 1000
    max_k: int = 50
    poll_seconds: float = 5.0
    grace_seconds: int = 30

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 < value < math.inf:
                raise InputError(f"{name} is {value}: it must be above 0 and a number")
