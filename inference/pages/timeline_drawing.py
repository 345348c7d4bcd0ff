"""The stories of a page drawn on one axis of days, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar

from .physician_page import Entry, Moment, PhysicianPage


@dataclass(frozen=True)
class Stretch:
    """From `start` on, `width` units long, it was in one state."""

    start: float
    width: float
    state: str


@dataclass(frozen=True)
class Timeline:
    """One story: its stretches end at the day of the page."""

    entry: Entry
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Timelines:
    """All stories of a page, from the first day of any to the day of the page, `width` units apart."""

    width: ClassVar[int] = 300
    first: date
    last: date
    rows: tuple[Timeline, ...]


def draw_timelines(page: PhysicianPage) -> Timelines | None:
    """What holds first, then what is past; None where nothing has a story."""
    told = [entry for entry in (*page.barriers, *page.drivers, *page.past) if entry.story]
    if not told:
        return None
    first = min(moment.day for entry in told for moment in entry.story)
    rows = (Timeline(entry, tuple(_stretches(entry.story, first, page.as_of))) for entry in told)
    return Timelines(first, page.as_of, tuple(rows))


def _stretches(story: Iterable[Moment], first: date, last: date) -> Iterable[Stretch]:
    days = max((last - first).days, 1)
    scale = Timelines.width / days
    edges = [((moment.day - first).days * scale, moment.state) for moment in story]
    for (start, state), (end, _) in pairwise([*edges, (float(Timelines.width), "")]):
        yield Stretch(round(start, 1), round(end - start, 1), state)
