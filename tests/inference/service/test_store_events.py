"""Events in the store: each id once, durable when acknowledged."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hcplens.inference.records.schemas import ACTIONS, CHANNELS, CONTENT_EVENTS
from hcplens.inference.service.store import ContentEvent, EventOutcome, ServiceStore

ACCEPTED, DUPLICATE, CONFLICT = EventOutcome.ACCEPTED, EventOutcome.DUPLICATE, EventOutcome.CONFLICT


def event(event_id: str = "E1", **fields: Any) -> ContentEvent:
    known = {"hcp_id": "H1", "timestamp": "2026-05-01T09:00:00Z", "channel": "email", "action": "opened"}
    return ContentEvent.model_validate({"event_id": event_id, **known, **fields})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServiceStore]:
    with ServiceStore.open(tmp_path / "service.db") as opened:
        yield opened


def test_events_come_back_in_the_order_of_arrival_as_the_canonical_table(store: ServiceStore) -> None:
    full = event("E9", content_id="M1", brand="Dermiqo", seconds=12.5, decision_id="D1")
    assert store.add_events([full, event("E2", timestamp="2020-01-01T00:00:00.000001+02:00")]) == [ACCEPTED, ACCEPTED]
    table = store.content_events()
    assert table.schema == CONTENT_EVENTS.schema
    known = {"hcp_id": "H1", "channel": "email", "action": "opened"}
    assert table.to_pylist() == [
        {**known, "event_id": "E9", "timestamp": datetime(2026, 5, 1, 9, tzinfo=UTC)}
        | {"content_id": "M1", "brand": "Dermiqo", "seconds": 12.5},
        {**known, "event_id": "E2", "timestamp": datetime(2019, 12, 31, 22, 0, 0, 1, tzinfo=UTC)}
        | {"content_id": None, "brand": None, "seconds": None},
    ]


def test_an_empty_store_gives_an_empty_table_and_no_events_no_outcomes(store: ServiceStore) -> None:
    assert store.content_events() == CONTENT_EVENTS.schema.empty_table()
    assert store.add_events([]) == []


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, DUPLICATE),
        ({"timestamp": "2026-05-01T11:00:00+02:00"}, DUPLICATE),
        ({"event_id": " E1 "}, DUPLICATE),
        ({"timestamp": "2026-05-01T09:00:00.000001Z"}, CONFLICT),
        ({"hcp_id": "H2"}, CONFLICT),
        ({"channel": "phone"}, CONFLICT),
        ({"action": "clicked"}, CONFLICT),
        ({"content_id": "M1"}, CONFLICT),
        ({"brand": "Dermiqo"}, CONFLICT),
        ({"seconds": 0}, CONFLICT),
        ({"decision_id": "D1"}, CONFLICT),
    ],
)
def test_the_same_id_again_is_a_duplicate_or_a_conflict(
    store: ServiceStore, fields: dict[str, Any], outcome: EventOutcome
) -> None:
    assert store.add_events([event(), event(**fields)]) == [ACCEPTED, outcome]
    assert store.add_events([event(**fields)]) == [outcome]
    assert store.content_events().num_rows == 1


IDS = st.sampled_from(["E1", "E2", "E3"])
TOLD = st.lists(st.lists(st.builds(lambda name, hcp: event(name, hcp_id=hcp), IDS, st.sampled_from("AB")), max_size=4))


@given(told=TOLD)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_repeated_each_id_is_there_once_as_it_was_first_told(
    told: list[list[ContentEvent]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    first: dict[str, ContentEvent] = {}
    expected = []
    for each in (event for events in told for event in events):
        expected.append(
            ACCEPTED if each.event_id not in first else DUPLICATE if first[each.event_id] == each else CONFLICT
        )
        first.setdefault(each.event_id, each)
    with ServiceStore.open(tmp_path_factory.mktemp("store") / "service.db") as store:
        outcomes = [outcome for events in told for outcome in store.add_events(events)]
        rows = store.content_events().to_pylist()
    assert outcomes == expected
    assert [(row["event_id"], row["hcp_id"]) for row in rows] == [(name, e.hcp_id) for name, e in first.items()]


def test_many_threads_tell_the_same_events_and_each_counts_once(store: ServiceStore) -> None:
    def tell(_: int) -> list[EventOutcome]:
        return [store.add_events([event(f"E{number}")])[0] for number in range(30)]

    with ThreadPoolExecutor(8) as threads:
        outcomes = [outcome for told in threads.map(tell, range(8)) for outcome in told]
    assert (outcomes.count(ACCEPTED), outcomes.count(DUPLICATE)) == (30, 210)
    assert sorted(store.content_events()["event_id"].to_pylist()) == sorted(f"E{number}" for number in range(30))


def test_what_waits_together_is_synchronised_once(store: ServiceStore) -> None:
    waits, begun, held = store._writer, threading.Event(), threading.Event()
    commits: list[str] = []

    def hold(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
        begun.set()
        held.wait(30)

    with ThreadPoolExecutor(65) as threads:
        threads.submit(waits.do, hold)
        assert begun.wait(30)
        told = [threads.submit(store.add_events, [event(f"E{number}")]) for number in range(64)]
        with waits._changed:
            assert waits._changed.wait_for(lambda: len(waits._foreground) == 64, timeout=30)
        held.set()
        assert [each.result() for each in told] == [[ACCEPTED]] * 64
    assert len(commits) == 2


def test_more_events_than_a_page_are_read_back(store: ServiceStore) -> None:
    store.add_events([event(f"E{number}", seconds=number) for number in range(20_001)])
    assert store.content_events()["seconds"].to_pylist() == list(range(20_001))


def test_events_outlive_the_process_that_stored_them(tmp_path: Path) -> None:
    path = tmp_path / "service.db"
    with ServiceStore.open(path) as store:
        store.add_events([event()])
        with ServiceStore.open(path) as other:
            assert other.add_events([event()]) == [DUPLICATE]
    assert os.listdir(tmp_path) == ["service.db"]
    with ServiceStore.open(path) as store:
        assert store.add_events([event(), event("E2")]) == [DUPLICATE, ACCEPTED]


@pytest.mark.parametrize(
    "fields",
    [
        {"event_id": ""},
        {"event_id": "  "},
        {"event_id": "E" * 201},
        {"event_id": "\ud800"},
        {"event_id": 7},
        {"hcp_id": None},
        {"timestamp": "2026-05-01T09:00:00"},
        {"timestamp": "2026-05-01"},
        {"timestamp": 1_777_777_777},
        {"timestamp": "1777777777"},
        {"timestamp": datetime(2026, 5, 1)},
        {"timestamp": datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))},
        {"channel": "carrier pigeon"},
        {"action": ""},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": "3"},
        {"content_id": ""},
        {"brand": "B" * 101},
        {"who": "me"},
    ],
)
def test_what_is_no_event_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        event(**fields)


def test_every_channel_and_action_is_known_and_described() -> None:
    for channel in CHANNELS:
        for action in ACTIONS:
            assert event(channel=channel, action=action).channel == channel
    properties = ContentEvent.model_json_schema()["properties"]
    assert (properties["channel"]["enum"], properties["action"]["enum"]) == ([*CHANNELS], [*ACTIONS])
    assert properties["timestamp"] == {"format": "date-time", "title": "Timestamp", "type": "string"}
