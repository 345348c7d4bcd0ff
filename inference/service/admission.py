"""How much is done at once: a bounded number of requests, the rest is refused at once instead of kept waiting."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from .metrics import Metrics
from .problems import busy

_EVENTS = "/v1/events"


class Admission:
    """An ASGI layer: no more than `limit` requests under /v1/ are inside, and as many that write events.

    A request is inside from its whole body to the last byte of its answer.
    """

    def __init__(self, app: ASGIApp, limit: int, metrics: Metrics) -> None:
        self._app = app
        self._limit = limit
        self._metrics = metrics
        self._inside = {"work": 0, "events": 0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in or refuse it."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        queue = "events" if scope["path"] == _EVENTS else "work"
        if self._inside[queue] >= self._limit:
            self._metrics.refused("busy")
            await busy().response()(scope, receive, send)
            return
        self._inside[queue] += 1
        self._metrics.in_flight.labels(queue).set(self._inside[queue])
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside[queue] -= 1
            self._metrics.in_flight.labels(queue).set(self._inside[queue])
