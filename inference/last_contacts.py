"""Last contact: when somebody of the company last spoke with a physician about a brand, or the physician with us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from .runs import Run

Pair = tuple[str, str | None]
"""Physician and brand."""


@dataclass(frozen=True, order=True)
class Contact:
    """A day and how it was: a note by its channel, a survey answer, or what the physician attended."""

    day: date
    how: str


def last_contacts(run: Run) -> dict[Pair, Contact]:
    """The latest contact of each physician and brand.

    Notes, survey answers and attended meetings count; what was sent, delivered, opened or viewed does not.
    """
    latest: dict[Pair, Contact] = {}
    for pair, contact in _contacts(run):
        latest[pair] = max(contact, latest.get(pair, contact))
    return latest


def _contacts(run: Run) -> Iterator[tuple[Pair, Contact]]:
    notes = run.table("raw_notes").select(["hcp_id", "brand", "date", "channel"])
    for row in notes.to_pylist():
        yield (row["hcp_id"], row["brand"]), Contact(row["date"], _named("note", row["channel"]))
    for row in run.table("surveys").select(["hcp_id", "brand", "date"]).to_pylist():
        yield (row["hcp_id"], row["brand"]), Contact(row["date"], "survey answer")
    events = run.table("content_events")
    attended = events.filter(pc.equal(events["action"], "attended"))
    for row in attended.select(["hcp_id", "brand", "timestamp", "channel"]).to_pylist():
        yield (row["hcp_id"], row["brand"]), Contact(row["timestamp"].date(), _named("attended", row["channel"]))


def _named(what: str, channel: str | None) -> str:
    return what if channel is None else f"{what}, {channel.replace('_', ' ')}"
