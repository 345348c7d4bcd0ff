"""Engagement: what counts as an exposure and what as a response in each channel, and which events were a machine's.

`RULES` is the whole policy, one line a channel. Duplicates count once (the same physician, moment, channel, action and
content, whatever the event id), order of rows does not matter, and a response belongs to the latest exposure to the
same content before it. A response whose exposure was never logged stands for one: who opened a message did get it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

MACHINE_SECONDS = 5.0  # an open this soon after delivery is a mail gateway's
SCANNER_SECONDS = 60.0  # so is one of no duration this soon
VISIT_DAYS = 30  # a website is not sent: each month is one occasion to visit it


@dataclass(frozen=True)
class ChannelRule:
    """How one channel is counted.

    `exposure`: the action that gives an occasion (for a message: `sent` instead where no delivery is ever logged).
    `response`: what each action is worth as an answer to it. `phrase`: the counts in words.
    """

    kind: Literal["message", "invitation", "meeting", "visit", "silent"]
    exposure: tuple[str, ...]
    response: Mapping[str, float]
    phrase: str


def _message(name: str) -> ChannelRule:
    return ChannelRule("message", ("delivered",), {"opened": 1.0, "clicked": 1.0}, f"opened {{}} of {{}} {name}")


def _invitation(name: str) -> ChannelRule:
    return ChannelRule("invitation", ("sent",), {"attended": 1.0, "registered": 0.5}, f"attended {{}} of {{}} {name}")


def _meeting(name: str) -> ChannelRule:
    return ChannelRule("meeting", ("attended", "declined"), {"attended": 1.0}, f"took {{}} of {{}} {name}")


RULES: dict[str, ChannelRule] = {
    "email": _message("e-mails"),
    "messaging": _message("messages"),
    "webinar": _invitation("webinars"),
    "congress": _invitation("congresses"),
    "peer_meeting": _invitation("peer meetings"),
    "event": _invitation("events"),
    "face_to_face": _meeting("visits"),
    "video": _meeting("video calls"),
    "phone": _meeting("phone calls"),
    "msl": _meeting("MSL visits"),
    "mail": ChannelRule("silent", (), {}, ""),  # what becomes of a letter is not logged: only what is said of it counts
    "website": ChannelRule("visit", (), {"viewed": 1.0, "clicked": 1.0}, "on the website in {} of {} months"),
}


@dataclass(frozen=True, slots=True)
class Exposure:
    """One occasion to engage and the best answer to it; `event_id` and `action` are the answer's where there is one.

    `response` is 0, 0.5 (registered, not attended) or 1; `event_id` is None for a month without a visit.
    """

    at: datetime
    response: float
    event_id: str | None
    action: str
    content_id: str | None


@dataclass(frozen=True)
class Engagement:
    """What one physician did in one channel."""

    exposures: tuple[Exposure, ...]
    machine: tuple[Exposure, ...] = ()  # opens and clicks left out
    unsubscribed_at: datetime | None = None


@dataclass(slots=True)
class _Event:
    at: datetime
    action: str
    content_id: str | None
    seconds: float | None
    event_id: str


@dataclass(slots=True)
class _Thread:
    exposures: list[Exposure] = field(default_factory=list)
    machine: list[Exposure] = field(default_factory=list)


def read_engagement(content_events: pa.Table, as_of: date) -> dict[tuple[str, str], Engagement]:
    """Exposures and responses by (hcp_id, channel), from events up to the end of `as_of` (UTC).

    A physician of whom anything is logged has a website row once the site logs anything, from its first logged day.
    """
    events = _unique(content_events, as_of)
    logged: dict[tuple[str, str], list[_Event]] = {}
    for hcp_id, channel, at, action, content_id, seconds, event_id in zip(
        *(events[name].to_pylist() for name in _COLUMNS), strict=True
    ):
        logged.setdefault((hcp_id, channel), []).append(_Event(at, action, content_id, seconds, event_id))
    exposing = _exposing(logged)
    found = {
        (hcp_id, channel): _engagement(RULES[channel], exposing[channel], group)
        for (hcp_id, channel), group in logged.items()
        if RULES[channel].kind != "visit"
    }
    return found | _visits(logged, as_of)


_COLUMNS = ("hcp_id", "channel", "timestamp", "action", "content_id", "seconds", "event_id")
_IDENTITY = ["hcp_id", "channel", "timestamp", "action", "content_id"]


def _unique(content_events: pa.Table, as_of: date) -> pa.Table:
    end = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=UTC)
    known = content_events.filter(pc.less(content_events["timestamp"], pa.scalar(end, pa.timestamp("us", tz="UTC"))))
    once = known.group_by(_IDENTITY).aggregate([("event_id", "min"), ("seconds", "max")])
    once = once.rename_columns({"event_id_min": "event_id", "seconds_max": "seconds"})
    return once.sort_by([("hcp_id", "ascending"), ("timestamp", "ascending"), ("event_id", "ascending")])


def _exposing(logged: Mapping[tuple[str, str], Sequence[_Event]]) -> dict[str, tuple[str, ...]]:
    """Which actions give an exposure, by channel, in the light of what is logged at all."""
    seen = {(channel, event.action) for (_, channel), events in logged.items() for event in events}
    return {
        channel: ("sent",) if rule.kind == "message" and (channel, "delivered") not in seen else rule.exposure
        for channel, rule in RULES.items()
    }


def _engagement(rule: ChannelRule, exposing: tuple[str, ...], events: Sequence[_Event]) -> Engagement:
    left = [event.at for event in events if event.action == "unsubscribed"]
    threads = [_thread(rule, exposing, group) for group in _by_content(events)]
    exposures = sorted((e for thread in threads for e in thread.exposures), key=_in_time)
    machine = sorted((e for thread in threads for e in thread.machine), key=_in_time)
    return Engagement(tuple(exposures), tuple(machine), max(left, default=None))


def _in_time(exposure: Exposure) -> tuple[datetime, str]:
    return exposure.at, exposure.event_id or ""


def _by_content(events: Sequence[_Event]) -> Iterator[list[_Event]]:
    ordered = sorted(events, key=lambda event: (event.content_id is not None, event.content_id or ""))
    for _, group in groupby(ordered, key=lambda event: event.content_id):
        yield list(group)


def _thread(rule: ChannelRule, exposing: tuple[str, ...], events: Sequence[_Event]) -> _Thread:
    thread = _Thread()
    for event in sorted(events, key=lambda event: (event.at, event.action not in exposing, event.event_id)):
        response = rule.response.get(event.action, 0.0)
        if event.action in exposing:
            thread.exposures.append(Exposure(event.at, response, event.event_id, event.action, event.content_id))
        elif not response and event.action != "declined":
            continue
        elif rule.kind == "message" and _is_machine(event, thread):
            thread.machine.append(Exposure(event.at, response, event.event_id, event.action, event.content_id))
        elif not thread.exposures:
            thread.exposures.append(Exposure(event.at, response, event.event_id, event.action, event.content_id))
        elif response > thread.exposures[-1].response:
            answer = replace(thread.exposures[-1], response=response, event_id=event.event_id, action=event.action)
            thread.exposures[-1] = answer
    return thread


def _is_machine(event: _Event, thread: _Thread) -> bool:
    if not thread.exposures:
        return event.seconds == 0.0
    waited = (event.at - thread.exposures[-1].at).total_seconds()
    return waited <= MACHINE_SECONDS or (event.seconds == 0.0 and waited <= SCANNER_SECONDS)


def _visits(logged: Mapping[tuple[str, str], Sequence[_Event]], as_of: date) -> dict[tuple[str, str], Engagement]:
    """One exposure a month, counted back from `as_of`, to each channel that one visits of one's own accord."""
    found: dict[tuple[str, str], Engagement] = {}
    physicians = {hcp_id for hcp_id, _ in logged}
    for channel, rule in RULES.items():
        days = [event.at.date() for (_, c), events in logged.items() if c == channel for event in events]
        if rule.kind != "visit" or not days:
            continue
        months = max(1, round((as_of - min(days)).days / VISIT_DAYS))
        for hcp_id in physicians:
            seen = [event for event in logged.get((hcp_id, channel), ()) if event.action in rule.response]
            found[hcp_id, channel] = Engagement(_months(seen, months, as_of))
    return found


def _months(visits: Sequence[_Event], months: int, as_of: date) -> tuple[Exposure, ...]:
    latest = {min((as_of - visit.at.date()).days // VISIT_DAYS, months - 1): visit for visit in visits}
    return tuple(_month(as_of, index, latest.get(index)) for index in reversed(range(months)))


def _month(as_of: date, index: int, visit: _Event | None) -> Exposure:
    if visit is not None:
        return Exposure(visit.at, 1.0, visit.event_id, visit.action, visit.content_id)
    begun = as_of - timedelta(days=VISIT_DAYS * (index + 1))
    return Exposure(datetime.combine(begun, time(), tzinfo=UTC), 0.0, None, "no visit", None)
