"""Load on a running service: requests sent at a given rate whether or not earlier ones were answered (an open loop).

Times count from the moment at which a request was due, so that what waits in the sender is not hidden. Gaps between
requests are exponential, as of many independent callers. Run as a process of its own, so that the service has a
processor for itself:

    python -m hcplens.eval.bench.service_load http://127.0.0.1:8000 KEY_FILE ITEMS.jsonl --rate 200 --seconds 30
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

_CONNECTIONS = 256
"""Open at most; a request for which none is free waits, and its time runs."""
_SEED = 7


@dataclass
class LoadReport:
    """What came of the load; seconds are those of answers with status 200."""

    rate: float
    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    answered: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, float | int | dict[str, int] | None]:
        """Throughput of answers with status 200 and percentiles of their times in milliseconds."""
        return {
            "rate": self.rate,
            "sent": sum(self.statuses.values()),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "per_second": round(len(self.answered) / self.seconds, 1),
            **{f"p{share}_ms": _percentile(self.answered, share) for share in (50, 95, 99, 100)},
        }


async def load(url: str, key: str, bodies: Sequence[bytes], rate: float, seconds: float) -> LoadReport:
    """Send `bodies` in turn to POST /v1/match, `rate` a second; status 0 stands for a connection that broke."""
    sender = _Sender(url, key)
    report, gaps, sent = LoadReport(rate, seconds), random.Random(_SEED), 0
    begun = due = time.perf_counter()
    waiting: set[asyncio.Task[None]] = set()
    while due - begun < seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(_measure(sender, bodies[sent % len(bodies)], due, report))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
        due += gaps.expovariate(rate)
        sent += 1
    await asyncio.gather(*waiting)
    report.seconds = max(seconds, time.perf_counter() - begun)
    sender.close()
    return report


async def _measure(sender: _Sender, body: bytes, due: float, report: LoadReport) -> None:
    try:
        status = await sender.post(body)
    except (OSError, asyncio.IncompleteReadError):
        status = 0
    report.statuses[status] += 1
    if status == 200:
        report.answered.append(time.perf_counter() - due)


class _Sender:
    """Keeps connections open and sends one request at a time over each."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._head = (
            f"POST /v1/match HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {key}\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        )
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._room = asyncio.Semaphore(_CONNECTIONS)

    async def post(self, body: bytes) -> int:
        """The status of the answer, when all of it has arrived."""
        async with self._room:
            reader, writer = await self._connection()
            writer.write((self._head % len(body)).encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            self._free.append((reader, writer))
            return int(head[9:12])

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that is open and free; those that the service has closed meanwhile are left."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        """Close all connections."""
        for _, writer in self._free:
            writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise OSError("the answer has no content-length")


def _percentile(values: Sequence[float], share: int) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2)


def main() -> None:
    """Send the load and write the report as one line of JSON."""
    parser = argparse.ArgumentParser(description="Load on a running service.")
    parser.add_argument("url")
    parser.add_argument("key_file", type=Path)
    parser.add_argument("items", type=Path, help="One JSON body of POST /v1/match a line.")
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    asked = parser.parse_args()
    bodies = [line.encode() for line in asked.items.read_text(encoding="utf-8").splitlines() if line]
    key = asked.key_file.read_text(encoding="utf-8").strip()
    report = asyncio.run(load(asked.url, key, bodies, asked.rate, asked.seconds))
    sys.stdout.write(json.dumps(report.to_json()) + "\n")


if __name__ == "__main__":
    main()
