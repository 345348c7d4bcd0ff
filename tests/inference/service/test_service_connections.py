"""Whoever talks without end, or does not listen, is left; others do not notice."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from hcplens.inference.service import connections
from hcplens.inference.service.problems import Problem
from hcplens.inference.service.roles import Role
from hcplens.inference.service.settings import ServiceSettings

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}


@contextmanager
def connected(world: Any) -> Iterator[socket.socket]:
    """A connection that takes little at a time."""
    parts = urlsplit(world.url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect((parts.hostname, parts.port))
        yield connection


def answered(connection: socket.socket) -> tuple[bytes, bytes]:
    """Status and body of the last answer of a connection that ends."""
    with connection.makefile("rb") as answer:
        head, _, body = answer.read().partition(b"\r\n\r\n")
    return head.split()[1], body


def head(world: Any, length: int, **more: str) -> bytes:
    """Of a batch with the service's key."""
    fields = {"Host": "x", "Authorization": f"Bearer {world.keys[Role.SERVICE]}", "Content-Type": "application/json"}
    lines = [f"{name}: {value}" for name, value in (fields | more).items()]
    return "\r\n".join(["POST /v1/match/batch HTTP/1.1", *lines, f"Content-Length: {length}"]).encode() + b"\r\n\r\n"


def test_headers_without_end_are_refused(shared_world: Any) -> None:
    with connected(shared_world) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        with pytest.raises(ConnectionError):
            connection.sendall(b"a" * 100_000_000)


def test_headers_that_do_not_come_are_not_waited_for(shared_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SECONDS", 0.05)
    with connected(shared_world) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        status, body = answered(connection)
    assert (status, Problem.model_validate_json(body).error.code) == (b"408", "too_slow")


def test_a_body_that_goes_on_after_its_answer_is_not_waited_for(
    shared_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SECONDS", 0.05)
    with connected(shared_world) as connection:
        connection.sendall(b"POST /v1/match HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n")
        assert answered(connection)[0] == b"401"


def test_what_is_no_http_is_told_in_the_shape_of_all_errors(shared_world: Any) -> None:
    with connected(shared_world) as connection:
        connection.sendall(b"HELO\r\n\r\n")
        status, body = answered(connection)
    assert (status, Problem.model_validate_json(body).error.code) == (b"400", "bad_request")


def test_a_connection_answers_one_request_after_the_other(shared_world: Any) -> None:
    body = json.dumps({"items": [ASK]}).encode()
    with connected(shared_world) as connection:
        connection.sendall((head(shared_world, len(body)) + body) * 2)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.read().count(b"HTTP/1.1 200 OK") == 3


def test_nobody_becomes_a_web_socket(shared_world: Any) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "x"}
    assert shared_world.client(None).get("/v1/match", headers=upgrade).status_code == 401


def test_who_does_not_read_holds_no_place(make_world: Callable[..., Any]) -> None:
    items = json.dumps({"items": [ASK | {"as_of": "2026-10-01"}] * 8000}).encode()
    settings = ServiceSettings(max_in_flight=1, max_batch=8000, answer_seconds=0.2)
    with make_world(settings) as world, connected(world) as connection:
        connection.sendall(head(world, len(items), **{"X-Request-ID": "unread-1"}) + items)
        assert world.lines.of("unread", "unread-1")
        answer = world.client(Role.ADMIN).post("/v1/match", json=ASK)
        while answer.status_code == 429:  # until its place is free
            answer = world.client(Role.ADMIN).post("/v1/match", json=ASK)
        assert answer.status_code == 200


def test_a_key_has_only_so_many_bodies_on_their_way_and_others_are_read(make_world: Callable[..., Any]) -> None:
    with make_world(ServiceSettings(max_arriving=1)) as world, connected(world) as connection:
        connection.sendall(head(world, 100, Expect="100-continue"))
        assert connection.recv(25).startswith(b"HTTP/1.1 100 Continue")
        refused = world.client().post("/v1/match", json=ASK)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "busy")
        assert world.client(Role.ADMIN).post("/v1/match", json=ASK).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "DELETE"])
def test_what_is_open_is_open_to_readers_alone(shared_world: Any, method: str) -> None:
    assert shared_world.client(None).request(method, "/healthz", content=b"much").status_code == 401
