"""Connections: what comes before a request is known, or after it was answered, is bounded in bytes and in time."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .problems import ServiceError

HEAD_BYTES = 65_536
"""Of the request line and all headers."""
REST_BYTES = 4_194_304
"""Of a body that goes on when its answer was given."""
SECONDS = 10.0
"""For either."""


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 to whom nobody may talk without end; the bodies themselves are bounded by `BodyLimit`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._bound: asyncio.TimerHandle | None = None
        self._left = 0
        self._is_whole, self._in_head = True, False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Who connects and says nothing is waited for as long as who is silent between two requests."""
        super().connection_made(transport)
        self._wait_idly()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._unbind()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of whatever comes next."""
        bound = self._bound
        super().data_received(data)
        if self.transport.is_closing():
            return
        if bound is not None and bound is self._bound:
            self._left -= len(data)
            if self._left < 0:
                self._refuse(431, "too_large", f"the headers are larger than {HEAD_BYTES:,} bytes")
        elif self._bound is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_idly()  # these bytes ended the wait, and nothing came of them

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._is_whole, self._in_head = False, True
        self._bind(HEAD_BYTES)

    def on_headers_complete(self) -> None:
        """From here on the layers decide."""
        self._in_head = False
        self._unbind()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self._is_whole = True
        self._unbind()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out, perhaps before the request was in."""
        super().on_response_complete()
        if not self._is_whole:
            self._bind(REST_BYTES)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP."""
        self._refuse(400, "bad_request", "this is no request of HTTP/1.1")

    def _wait_idly(self) -> None:
        if self.timeout_keep_alive_task is None:
            wait = self.timeout_keep_alive
            self.timeout_keep_alive_task = self.loop.call_later(wait, self.timeout_keep_alive_handler)

    def _bind(self, most_bytes: int) -> None:
        if self._bound is None:
            self._left = most_bytes
            self._bound = self.loop.call_later(SECONDS, self._too_slow)

    def _unbind(self) -> None:
        if self._bound is not None:
            self._bound.cancel()
            self._bound = None

    def _too_slow(self) -> None:
        self._refuse(408, "too_slow", f"the headers took more than {SECONDS:g} s")

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Say so, unless an answer is being sent or was sent, and close."""
        self._unbind()
        cycle = self.cycle
        if cycle is None or not cycle.response_started or (cycle.response_complete and self._in_head):
            self.transport.write(_answer(ServiceError(status, code, message)))
        self.transport.close()


def _answer(error: ServiceError) -> bytes:
    body = orjson.dumps(error.to_json())
    lines = (
        f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
