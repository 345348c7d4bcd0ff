"""What is otherwise since the last contact: beliefs, what the physician did, consents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..pages import PhysicianPage
from ..pages.wording import plain
from .call_brief import Change

_DONE = frozenset({"opened", "clicked", "viewed", "registered", "attended", "declined", "unsubscribed"})
"""What physicians do; what was sent to them is none of it."""

Row = Mapping[str, Any]


def changes_since(
    page: PhysicianPage, events: Iterable[Row], consents: Iterable[Row], since: date, until: date
) -> tuple[Change, ...]:
    """Changes from the day `since` to `until`, both included, the latest first.

    The day of the last contact counts: what was said then changed what is believed. Rows are of CONTENT_EVENTS and
    CONSENTS, of this physician and of this brand or none.
    """
    every = [*_told(page), *_done(events), *_consented(consents)]
    unique = {(change.day, change.what): change for change in every if since <= change.day <= until}
    return tuple(sorted(unique.values(), key=lambda change: (-change.day.toordinal(), change.what)))


def _told(page: PhysicianPage) -> Iterator[Change]:
    for entry in (*page.barriers, *page.drivers, *page.past):
        for moment in entry.story:
            yield Change(moment.day, f"{entry.topic} ({entry.polarity}) {moment.what}", moment.quotation)
    if page.stage is not None:
        for moment in page.stage.story:
            yield Change(moment.day, f"adoption stage: {moment.what}", moment.quotation)


def _done(events: Iterable[Row]) -> Iterator[Change]:
    for row in events:
        if row["action"] in _DONE:
            what = f" {row['content_id']}" if row["content_id"] else ""
            yield Change(row["timestamp"].date(), f"{row['action']}{what} ({plain(row['channel'])})")


def _consented(consents: Iterable[Row]) -> Iterator[Change]:
    for row in consents:
        yield Change(row["captured_at"].date(), f"consent to {plain(row['channel'])}: {plain(row['status'])}")
