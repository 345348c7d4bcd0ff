"""Events as rows of the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from ...records.schemas import CONTENT_EVENTS
from .events import ContentEvent, EventOutcome
from .moments import microseconds_now, to_microseconds

_PAGE = 20_000
_INSERT = """INSERT INTO events
    (event_id, hcp_id, timestamp, channel, action, content_id, brand, seconds, decision_id, received_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING"""
_SAME = """SELECT event_id, hcp_id, timestamp, channel, action, content_id, brand, seconds, decision_id
    FROM events WHERE event_id = ?"""


def insert_events(connection: sqlite3.Connection, events: Sequence[ContentEvent]) -> list[EventOutcome]:
    """Store what is new; what became of each, in their order."""
    now = microseconds_now()
    return [_insert(connection, event, now) for event in events]


def select_content_events(connection: sqlite3.Connection, after: int = 0) -> pa.Table:
    """Events behind the place `after` with the schema CONTENT_EVENTS, in the order of their arrival."""
    schema = CONTENT_EVENTS.schema
    query = f"SELECT {', '.join(schema.names)} FROM events WHERE arrival > ? ORDER BY arrival"
    batches = [
        pa.RecordBatch.from_arrays(
            [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)],
            schema=schema,
        )
        for rows in _pages(connection, query, after)
    ]
    return pa.Table.from_batches(batches, schema)


def select_newest(connection: sqlite3.Connection) -> int:
    """The place of the last event; 0 where there is none. Places grow with every transaction."""
    [[newest]] = connection.execute("SELECT coalesce(max(arrival), 0) FROM events")
    return int(newest)


def select_named_decisions(connection: sqlite3.Connection) -> dict[str, str]:
    """The decisions that events name, by event id."""
    return dict(connection.execute("SELECT event_id, decision_id FROM events WHERE decision_id IS NOT NULL"))


def _pages(connection: sqlite3.Connection, query: str, after: int) -> Iterator[list[Any]]:
    cursor = connection.execute(query, (after,))
    while rows := cursor.fetchmany(_PAGE):
        yield rows


def _insert(connection: sqlite3.Connection, event: ContentEvent, now: int) -> EventOutcome:
    row = _row(event)
    if connection.execute(_INSERT, (*row, now)).rowcount:
        return EventOutcome.ACCEPTED
    same = connection.execute(_SAME, (event.event_id,)).fetchone() == row
    return EventOutcome.DUPLICATE if same else EventOutcome.CONFLICT


def _row(event: ContentEvent) -> tuple[Any, ...]:
    return (
        event.event_id,
        event.hcp_id,
        to_microseconds(event.timestamp),
        event.channel,
        event.action,
        event.content_id,
        event.brand,
        event.seconds,
        event.decision_id,
    )
