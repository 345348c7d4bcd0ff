"""A server on loopback that answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hcplens.inference.client import Client, Retries

KEY = "hcpl_0123456789ab_" + "A" * 43


@dataclass(frozen=True)
class Reply:
    """What is answered: a status, a body (bytes, or an object as JSON) and headers.

    `cut` ends the connection after the body, short of the length that was announced; `silent` does so without a word.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Asked:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Server(ThreadingHTTPServer):
    """Gives the replies in their order, the last one again and again."""

    daemon_threads = False

    def __init__(self, replies: Sequence[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = list(replies)
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(text) if text else None
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        self.close_connection = self.close_connection or reply.cut or reply.silent
        if not reply.silent:
            self.send(reply)

    do_GET = do_POST = answer  # noqa: N815 - as http.server has it

    def send(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(body) + 9 * reply.cut), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are silent."""


@pytest.fixture
def waits() -> list[float]:
    """How long a client has waited between tries, without doing so."""
    return []


@pytest.fixture
def asking(waits: list[float]) -> Callable[..., Any]:
    """Server and client for the replies given."""

    @contextmanager
    def make(*replies: Reply, tries: int = 3, **options: Any) -> Iterator[tuple[Client, Server]]:
        with Server(replies) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                retries = Retries(tries=tries, sleep=waits.append)
                settings: dict[str, Any] = {"retries": retries, "timeout": 30.0} | options
                with Client(server.url, KEY, **settings) as client:
                    yield client, server
            finally:
                server.shutdown()
                thread.join()

    return make


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def key() -> str:
    return KEY
