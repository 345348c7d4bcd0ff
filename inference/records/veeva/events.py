"""A content event before it is a row of its table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa

from ..schemas import CONTENT_EVENTS


@dataclass(frozen=True, slots=True)
class Event:
    """A row of content_events."""

    event_id: str
    hcp_id: str
    timestamp: datetime
    channel: str
    action: str
    content_id: str | None = None
    brand: str | None = None
    seconds: float | None = None


def events_table(events: Iterable[Event]) -> pa.Table:
    """The canonical table."""
    return pa.Table.from_pylist([asdict(event) for event in events], schema=CONTENT_EVENTS.schema)
