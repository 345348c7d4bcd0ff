"""Events are durable before they are acknowledged, count once, and count at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hcplens.errors import HcplensError
from hcplens.inference.service.engine import Engine
from hcplens.inference.service.roles import Role
from hcplens.inference.service.store import ServiceStore

EVENT = {
    "event_id": "E1",
    "hcp_id": "H1",
    "timestamp": "2026-10-01T09:30:00+02:00",
    "channel": "email",
    "action": "opened",
    "content_id": "M1",
    "brand": "Dermiqo",
    "seconds": 3.5,
    "decision_id": "0123456789abcdef0123456789abcdef",
}


def now() -> str:
    return datetime.now(UTC).isoformat()


def told(world: Any, *events: dict[str, Any]) -> Any:
    return world.client().post("/v1/events", json={"events": list(events)})


def test_an_event_is_on_disk_when_it_is_acknowledged_and_counts_once(make_world: Callable[..., Any]) -> None:
    with make_world() as world:
        first, again = told(world, EVENT), told(world, EVENT)
        path = world.sources.modules.with_name("service.db")
        with ServiceStore.open(path) as other:
            stored = other.content_events().to_pylist()
    assert (first.status_code, first.json()) == (202, {"events": [{"event_id": "E1", "outcome": "accepted"}]})
    assert (again.status_code, again.json()) == (202, {"events": [{"event_id": "E1", "outcome": "duplicate"}]})
    [row] = stored
    assert (row["event_id"], row["timestamp"]) == ("E1", datetime(2026, 10, 1, 7, 30, tzinfo=UTC))


def test_another_content_under_a_known_id_is_a_conflict_and_the_rest_is_kept(make_world: Callable[..., Any]) -> None:
    with make_world() as world:
        assert told(world, EVENT).status_code == 202
        answer = told(world, EVENT | {"event_id": "E2"}, EVENT | {"action": "clicked"})
        assert answer.status_code == 409
        assert answer.json()["error"]["field"] == "events.1.event_id"
        assert [event["outcome"] for event in answer.json()["events"]] == ["accepted", "conflict"]
        kept = world.service.store.content_events().to_pylist()
    assert [(row["event_id"], row["action"]) for row in kept] == [("E1", "opened"), ("E2", "opened")]


def test_whoever_unsubscribes_is_not_written_to_in_the_very_next_answer(make_world: Callable[..., Any]) -> None:
    ask = {"hcp_id": "H1", "brand": "Dermiqo", "channel": "email"}
    with make_world() as world:
        client = world.client()
        assert client.post("/v1/match", json=ask).json()["modules"]
        answer = told(world, EVENT | {"timestamp": now(), "action": "unsubscribed"})
        assert answer.status_code == 202
        assert client.post("/v1/match", json=ask).json()["modules"] == []
        assert client.post("/v1/match", json=ask | {"hcp_id": "H2"}).json()["modules"]
        for hcp_id, expected in (("H1", False), ("H2", True)):
            [profile] = world.client(Role.ANALYST).get(f"/v1/hcps/{hcp_id}").json()
            assert [row["consented"] for row in profile["channels"] if row["channel"] == "email"] == [expected]
        engine = world.service.engine
        again = Engine(*(getattr(engine, f"_{name}") for name in PARTS))
        assert again.snapshot.matcher.match("H1", "Dermiqo", as_of=datetime.now(UTC).date()).modules == ()


PARTS = ("sources", "encoder", "settings", "store", "log", "metrics", "reporter")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"action": "eaten"}, "events.0.action"),
        ({"channel": "pigeon"}, "events.0.channel"),
        ({"timestamp": "2026-10-01T09:30:00"}, "events.0.timestamp"),
        ({"timestamp": (datetime.now(UTC) + timedelta(days=3)).isoformat()}, "events.0.timestamp"),
        ({"seconds": -1}, "events.0.seconds"),
        ({"weight": 3}, "events.0.weight"),
        ({"event_id": " "}, "events.0.event_id"),
    ],
)
def test_an_event_that_is_no_event_is_refused_and_nothing_is_kept(
    shared_world: Any, changes: dict[str, Any], field: str
) -> None:
    before = shared_world.service.store.content_events().num_rows
    answer = told(shared_world, EVENT | changes, EVENT | {"event_id": "never kept"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert shared_world.service.store.content_events().num_rows == before


def test_however_many_ask_whether_it_is_ready_the_store_is_looked_at_once(
    make_world: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_world() as world, ThreadPoolExecutor(5) as threads:
        looks, begun, go_on = [], threading.Event(), threading.Event()

        def waits(_: object) -> None:
            looks.append(1)
            begun.set()
            assert go_on.wait(30)

        monkeypatch.setattr(world.service.store, "add_events", waits)
        asked = [threads.submit(world.client(None).get, "/readyz") for _ in range(5)]
        assert begun.wait(30)
        go_on.set()
        assert {each.result().status_code for each in asked} == {200}
    assert len(looks) == 1


def test_a_store_that_takes_nothing_is_said_and_not_hidden(
    make_world: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise HcplensError("no room left on the disk")

    with make_world() as world:
        monkeypatch.setattr(world.service.store, "add_events", refuses)
        monkeypatch.setattr(world.service.store, "add_decisions", refuses)
        answers = [
            told(world, EVENT),
            world.client().post("/v1/match", json={"hcp_id": "H1", "brand": "Dermiqo"}),
            world.client(None).get("/readyz"),
        ]
        assert [answer.status_code for answer in answers] == [503, 503, 503]
        assert [answer.headers.get("retry-after") for answer in answers] == ["5", "5", None]
        assert world.client(None).get("/healthz").status_code == 200
