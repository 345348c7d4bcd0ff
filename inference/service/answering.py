"""The outermost layer: every request has an id, safe headers, a line in the log and a place in the metrics."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .problems import unexpected
from .request_log import ServiceLog, Stopwatch

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class UnreadError(Exception):
    """The client takes no more of its answer."""


class Answering:
    """An ASGI layer that sees every request and every answer.

    An answer of which nothing is taken for `patience` seconds is given up: whoever does not read holds no place.
    """

    def __init__(self, app: ASGIApp, patience: float, metrics: Metrics, log: ServiceLog) -> None:
        self._app = app
        self._patience = patience
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch, status = Stopwatch(), 0
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update({**_HEADERS, "X-Request-ID": request_id})
            await self._taken(send(message))

        try:
            await self._app(scope, receive, send_safely)
        except UnreadError:
            self._log.write("unread", request_id=request_id)
        except Exception as e:  # nothing may end a worker or show its insides
            self._log.failure("failed", e, request_id=request_id)
            if not status:
                await unexpected().response()(scope, receive, send_safely)
        finally:
            self._told(scope, request_id, status, watch)

    async def _taken(self, sending: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await sending
        except TimeoutError:
            raise UnreadError from None

    def _told(self, scope: Scope, request_id: str, status: int, watch: Stopwatch) -> None:
        route = getattr(scope.get("route"), "path_format", "unmatched")
        state: Mapping[str, object] = scope["state"]
        principal, counts = state.get("principal"), state.get("counts")
        self._metrics.answered(_method(scope), route, status, watch.seconds)
        self._log.write(
            "request",
            request_id=request_id,
            method=_method(scope),
            route=route,
            status=status,
            ms=round(watch.seconds * 1000, 2),
            key_id=getattr(principal, "key_id", None),
            **(counts if isinstance(counts, dict) else {}),
        )


def _request_id(headers: Headers) -> str:
    """The caller's, where it is a plain word; else one of ours."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _method(scope: Scope) -> str:
    """The method, one of a few: it is a label of the metrics."""
    known = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "OTHER"
