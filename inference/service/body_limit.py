"""How large a request may be, and how long it may take to arrive."""

from __future__ import annotations

import asyncio
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics
from .problems import ServiceError, busy
from .settings import ServiceSettings


class BodyLimit:
    """An ASGI layer that reads the body whole, however it comes, and goes on only if it is small enough.

    Of one key no more than `max_arriving` are read at a time, so that what waits in memory is bounded and a key whose
    bodies come slowly holds up no other.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings, metrics: Metrics) -> None:
        self._app = app
        self._max_bytes = settings.max_body_bytes
        self._seconds = settings.body_seconds
        self._max_arriving = settings.max_arriving
        self._metrics = metrics
        self._arriving = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 413, 408 or 429, or pass on."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except ServiceError as e:
            self._metrics.refused(e.code)
            await e.response()(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The body; None where the client left."""
        if self._announced(scope) > self._max_bytes:
            raise self._too_large()
        key_id = scope["state"]["principal"].key_id
        if self._arriving[key_id] >= self._max_arriving:
            raise busy()
        self._arriving[key_id] += 1
        try:
            return await self._in_time(receive)
        finally:
            self._arriving[key_id] -= 1

    async def _in_time(self, receive: Receive) -> bytes | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._collect(receive)
        except TimeoutError:
            raise ServiceError(
                408, "too_slow", f"the body took more than {self._seconds:g} s", headers={"Connection": "close"}
            ) from None

    async def _collect(self, receive: Receive) -> bytes | None:
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return b"".join(parts)

    def _announced(self, scope: Scope) -> int:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        return int(length) if length.isdigit() else 0

    def _too_large(self) -> ServiceError:
        return ServiceError(
            413,
            "too_large",
            f"the body is larger than {self._max_bytes:,} bytes: send fewer items at a time",
            headers={"Connection": "close"},
        )


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body once, then whatever the client does next."""
    whole: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def replay() -> Message:
        nonlocal whole
        if whole is None:
            return await receive()
        message, whole = whole, None
        return message

    return replay
