"""What is too large, too much or too often is refused at once, and what comes after is answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from hcplens.inference.service.problems import ServiceError
from hcplens.inference.service.rate_limit import RateLimit
from hcplens.inference.service.roles import Role
from hcplens.inference.service.settings import ServiceSettings

ASK = {"hcp_id": "H1", "brand": "Dermiqo"}


@pytest.fixture(scope="module")
def small(make_world: Callable[..., Any]) -> Iterator[Any]:
    with make_world(ServiceSettings(max_body_bytes=500, max_batch=2, max_in_flight=2, body_seconds=0.2)) as world:
        yield world


def test_a_body_that_is_too_large_is_refused_by_its_announced_length(small: Any) -> None:
    answer = small.client().post("/v1/match", content=b" " * 501)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_body_that_comes_in_chunks_is_refused_when_it_has_become_too_large(small: Any) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * 100

    assert small.client().post("/v1/match", content=chunks()).status_code == 413


def test_a_body_that_does_not_come_is_not_waited_for(small: Any) -> None:
    parts = urlsplit(small.url)
    head = f"POST /v1/match HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {small.keys[Role.SERVICE]}\r\n"
    with socket.create_connection((parts.hostname, parts.port)) as connection, connection.makefile("rb") as answer:
        connection.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        assert answer.readline().split()[1] == b"408"


def test_too_many_items_or_events_are_refused(small: Any) -> None:
    items = [{"hcp_id": "H1", "brand": "D"}] * 3
    answer = small.client().post("/v1/match/batch", json={"items": items})
    assert (answer.status_code, answer.json()["error"]["field"]) == (413, "items")
    assert small.client().post("/v1/match/batch", json={"items": []}).status_code == 422
    event = {"hcp_id": "H", "timestamp": "2026-10-01T09:30:00Z", "channel": "email", "action": "sent"}
    events = [event | {"event_id": f"{number}"} for number in range(3)]
    answer = small.client().post("/v1/events", json={"events": events})
    assert (answer.status_code, answer.json()["error"]["field"]) == (413, "events")


@pytest.fixture
def held(small: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Matches wait until this is set; two are on their way."""
    matcher = small.service.engine.snapshot.matcher
    whole, go_on, begun = matcher.match, threading.Event(), threading.Event()

    def waits(*arguments: Any, **options: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return whole(*arguments, **options)

    monkeypatch.setattr(matcher, "match", waits)
    inside = small.service.metrics.in_flight.labels("work")
    entered = threading.Semaphore(0)
    report = inside.set

    def told(count: float) -> None:
        report(count)
        entered.release()

    monkeypatch.setattr(inside, "set", told)
    with ThreadPoolExecutor(2) as senders:
        sent = [senders.submit(small.client().post, "/v1/match", json=ASK) for _ in range(2)]
        for _ in range(2):
            assert entered.acquire(timeout=30)
        assert begun.wait(30)
        try:
            yield go_on
        finally:
            go_on.set()
    assert [request.result().status_code for request in sent] == [200, 200]


def test_more_than_may_wait_is_told_to_come_again_and_is_answered_then(small: Any, held: threading.Event) -> None:
    client = small.client()
    for path, body in (("/v1/match", ASK), ("/v1/match/batch", {"items": [ASK]})):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "busy")
        assert answer.headers["retry-after"] == "1"
    event = {"hcp_id": "H1", "timestamp": "2026-10-01T09:30:00Z", "channel": "email", "action": "sent"}
    assert client.post("/v1/events", json={"events": [event | {"event_id": "E"}]}).status_code == 202
    assert small.client(None).get("/readyz").status_code == 200
    held.set()
    answer = client.post("/v1/match", json=ASK)
    while answer.status_code == 429:  # until those that were held have their answers
        answer = client.post("/v1/match", json=ASK)
    assert answer.status_code == 200


def test_a_batch_that_nobody_reads_to_its_end_leaves_its_place(small: Any) -> None:
    for _ in range(5):
        with small.client().stream("POST", "/v1/match/batch", json={"items": [ASK, ASK]}):
            pass
    answer = small.client().post("/v1/match", json=ASK)
    while answer.status_code == 429:
        answer = small.client().post("/v1/match", json=ASK)
    assert answer.status_code == 200


def test_a_key_that_asks_too_often_waits_and_others_do_not(make_world: Callable[..., Any]) -> None:
    with make_world(ServiceSettings(requests_per_second=0.001, burst=3)) as world:
        client = world.client()
        assert [client.get("/v1/modules/M1").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = client.get("/v1/modules/M1")
        assert answer.json()["error"]["code"] == "rate_limited"
        assert 900 < int(answer.headers["retry-after"]) <= 1000
        assert world.client(Role.ADMIN).get("/v1/modules/M1").status_code == 200
        assert world.client(None).get("/healthz").status_code == 200


def test_a_batch_costs_as_many_requests_as_it_has_items(make_world: Callable[..., Any]) -> None:
    with make_world(ServiceSettings(requests_per_second=0.001, burst=3)) as world:
        batch = world.client().post("/v1/match/batch", json={"items": [ASK] * 4})
        assert len(batch.content.splitlines()) == 4
        assert world.client().get("/v1/modules/M1").status_code == 429


def test_a_bucket_fills_steadily_up_to_its_burst() -> None:
    time = [0.0]
    rates = RateLimit(per_second=2, burst=3, clock=lambda: time[0])

    def let_in() -> int:
        for count in range(10):
            try:
                rates.enter("K")
            except ServiceError:
                return count
        return 10

    assert let_in() == 3
    time[0] = 1.0
    assert let_in() == 2
    time[0] = 100.0
    assert let_in() == 3
    time[0] = 101.0
    rates.enter("K")
    rates.charge("K", 5)
    with pytest.raises(ServiceError) as refused:
        rates.enter("K")
    assert refused.value.headers == {"Retry-After": "3"}
