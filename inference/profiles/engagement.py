"""Engagement: content events to exposures and responses by the channel rules, and which opens were a machine's.

Duplicates count once (the same physician, moment, channel, action and content, whatever the event id), order of rows
does not matter, and a response belongs to the latest exposure to the same content before it. A response whose exposure
was never logged stands for one: who opened a message did get it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..records.schemas import ACTIONS
from .channel_rules import ChannelRules
from .engagement_log import ACTION_NAMES, CHANNEL_NAMES, NEVER, NO_VISIT, EngagementLog, Floats, Numbers, Occasions
from .ordering import coded, is_first, ordered, places

_COLUMNS = ("hcp_id", "event_id", "timestamp", "channel", "action", "content_id", "seconds")
VISIT_DAYS = 30  # a website is not sent: each month is one occasion to visit it
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_DECLINED, _DELIVERED, _SENT, _UNSUBSCRIBED = (
    ACTIONS.index(name) for name in ("declined", "delivered", "sent", "unsubscribed")
)

Flags = NDArray[np.bool_]


def read_engagement(content_events: pa.Table, as_of: date, rules: ChannelRules | None = None) -> EngagementLog:
    """Exposures and responses by (hcp_id, channel), from events up to the end of `as_of` (UTC).

    A physician of whom anything is logged has a website row once the site logs anything, from its first logged day.
    """
    chosen = rules or ChannelRules.default()
    known = _known(content_events, as_of)
    hcp_ids, events = _read(known)
    known = known.select(["event_id", "content_id"])  # the other columns are codes by now and can go
    counting = _Counting.of(chosen, events)
    answers, machine = _answers(events.of_rows(counting.is_told(events)), counting, known)
    visits = [_visits(events, channel, chosen, as_of, len(hcp_ids), known) for channel in counting.visited(events)]
    told = events.key[~counting.is_visit[events.channel]]
    key = np.unique(np.concatenate([told, *(occasions.pair for occasions in visits)]))
    return EngagementLog(
        hcp_ids,
        key,
        _placed([answers, *visits], key),
        _placed([machine], key),
        _unsubscribed(events, key),
        known,
    )


@dataclass(frozen=True)
class _Events:
    """Events (n,), each once: codes of pair, channel, action, content (-1: none), moments, dwell, place."""

    key: Numbers
    channel: Numbers
    action: Numbers
    content: Numbers
    at: Numbers
    seconds: Floats
    row: Numbers

    def __len__(self) -> int:
        return len(self.key)

    def of_rows(self, rows: NDArray[np.intp] | Flags) -> _Events:
        return _Events(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def thread(self) -> Numbers:
        """(n,) a number for each pair and content."""
        return self.key * (int(self.content.max(initial=-1)) + 2) + self.content + 1


@dataclass(frozen=True)
class _Counting:
    """The rules as tables by code of channel (and action)."""

    worth: Floats
    gives_exposure: Flags
    is_message: Flags
    is_visit: Flags
    is_silent: Flags
    machine_seconds: float
    scanner_seconds: float

    @classmethod
    def of(cls, rules: ChannelRules, events: _Events) -> _Counting:
        """Of a message, `sent` gives the exposure where no delivery is logged at all."""
        worth = np.zeros((len(CHANNEL_NAMES), len(ACTIONS)))
        exposing = np.zeros_like(worth, dtype=np.bool_)
        kinds = np.array([rules.channels[channel].kind for channel in CHANNEL_NAMES])
        for code, channel in enumerate(CHANNEL_NAMES):
            rule = rules.channels[channel]
            for action, value in rule.response.items():
                worth[code, ACTIONS.index(action)] = value
            exposing[code, [ACTIONS.index(action) for action in rule.exposure]] = True
        delivered = np.zeros(len(CHANNEL_NAMES), dtype=np.bool_)
        delivered[events.channel[events.action == _DELIVERED]] = True
        only_sent = np.flatnonzero((kinds == "message") & exposing[:, _DELIVERED] & ~delivered)
        exposing[only_sent] = np.arange(len(ACTIONS)) == _SENT
        is_message, is_visit, is_silent = (kinds == kind for kind in ("message", "visit", "silent"))
        return cls(worth, exposing, is_message, is_visit, is_silent, rules.machine_seconds, rules.scanner_seconds)

    def is_told(self, events: _Events) -> Flags:
        """Whether an event gives an exposure or answers one; to decline is to have been asked."""
        where = (events.channel, events.action)
        counts = self.gives_exposure[where] | (self.worth[where] > 0.0) | (events.action == _DECLINED)
        return np.asarray(counts & ~(self.is_visit | self.is_silent)[events.channel])

    def visited(self, events: _Events) -> list[int]:
        """Codes of the channels that one visits, of which anything is logged."""
        return np.flatnonzero(self.is_visit & np.isin(np.arange(len(CHANNEL_NAMES)), events.channel)).tolist()


def _known(content_events: pa.Table, as_of: date) -> pa.Table:
    end = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=UTC)
    read = content_events.select(_COLUMNS)
    return read.filter(pc.less(read["timestamp"], pa.scalar(end, pa.timestamp("us", tz="UTC"))))


def _read(known: pa.Table) -> tuple[pa.Array, _Events]:
    """All physicians in order of their ids, and the events, each once: the least id and longest dwell of its copies."""
    hcp_ids, who = coded(known["hcp_id"])
    _, content = coded(known["content_id"])
    channel, action = (
        places(known[name], pa.array(names)) for name, names in (("channel", CHANNEL_NAMES), ("action", ACTIONS))
    )
    events = _Events(
        key=who * len(CHANNEL_NAMES) + channel,
        channel=channel,
        action=action,
        content=content,
        at=known["timestamp"].cast(pa.int64()).to_numpy(),
        seconds=known["seconds"].to_numpy().astype(np.float64),
        row=np.arange(len(known), dtype=np.int64),
    )
    keys = (events.thread, events.at * len(ACTIONS) + action)
    order = ordered(keys, events.row, known["event_id"])
    events = events.of_rows(order)
    starts = np.flatnonzero(is_first(*(key[order] for key in keys)))
    seconds = np.fmax.reduceat(events.seconds, starts) if len(starts) else events.seconds
    return hcp_ids, replace(events.of_rows(starts), seconds=seconds)


def _answers(events: _Events, counting: _Counting, known: pa.Table) -> tuple[Occasions, Occasions]:
    """Exposures with their best answers, and what machines opened."""
    if not len(events):
        return _occasions(events, events.at, np.zeros(0)), _occasions(events, events.at, np.zeros(0))
    exposing = counting.gives_exposure[events.channel, events.action]
    events = events.of_rows(ordered((events.thread, events.at * 2 + ~exposing), events.row, known["event_id"]))
    thread, exposing = events.thread, counting.gives_exposure[events.channel, events.action]
    worth = counting.worth[events.channel, events.action]
    opens = exposing | _stands_for_exposure(events, thread, exposing, counting)
    latest = np.maximum.accumulate(np.where(opens, np.arange(len(events)), 0))
    exposed = opens[latest] & (thread[latest] == thread)
    waited = (events.at - events.at[latest]) / _SECOND
    soon = (waited <= counting.machine_seconds) | ((events.seconds == 0.0) & (waited <= counting.scanner_seconds))
    machine = ~opens & counting.is_message[events.channel] & (~exposed | soon)
    return (
        _sorted(_best(events.of_rows(~machine), opens[~machine], worth[~machine]), known),
        _sorted(_occasions(events.of_rows(machine), events.at[machine], worth[machine]), known),
    )


def _stands_for_exposure(events: _Events, thread: Numbers, exposing: Flags, counting: _Counting) -> Flags:
    """The first answer of a thread before any exposure, unless a machine gave it: opened in no time."""
    by_machine = counting.is_message[events.channel] & (events.seconds == 0.0)
    able = np.flatnonzero(exposing | ~by_machine)
    stands = np.zeros(len(events), dtype=np.bool_)
    stands[able[is_first(thread[able])]] = True
    return stands


def _best(events: _Events, opens: Flags, worth: Floats) -> Occasions:
    """One occasion for each that opens, with the first of its best answers."""
    starts = np.flatnonzero(opens)
    of = np.cumsum(opens) - 1
    best = np.flatnonzero(worth == np.maximum.reduceat(worth, starts)[of]) if len(starts) else starts
    chosen = best[is_first(of[best])]
    return _occasions(events.of_rows(chosen), events.at[starts], worth[chosen])


def _occasions(events: _Events, at: Numbers, worth: Floats) -> Occasions:
    return Occasions(events.key, at, worth, events.action, events.row)


def _sorted(occasions: Occasions, known: pa.Table) -> Occasions:
    return occasions.of_rows(ordered((occasions.pair, occasions.at), occasions.row, known["event_id"]))


def _visits(
    events: _Events, channel: int, rules: ChannelRules, as_of: date, physicians: int, known: pa.Table
) -> Occasions:
    """One exposure a month of each physician, counted back from `as_of`, to a channel visited of one's own accord."""
    today = (as_of - date(1970, 1, 1)).days
    logged = events.of_rows(events.channel == channel)
    months = max(1, round((today - int(logged.at.min()) // _DAY) / VISIT_DAYS))
    worth = np.zeros(len(ACTIONS))
    for action, value in rules.channels[CHANNEL_NAMES[channel]].response.items():
        worth[ACTIONS.index(action)] = value
    logged = logged.of_rows(worth[logged.action] > 0.0)
    back = np.minimum((today - logged.at // _DAY) // VISIT_DAYS, months - 1)
    place = logged.key // len(CHANNEL_NAMES) * months + months - 1 - back
    order = ordered((place, logged.at), logged.row, known["event_id"])
    latest = order[np.append(is_first(place[order])[1:], True)] if len(order) else order
    begun = (today - VISIT_DAYS * np.arange(months, 0, -1)) * _DAY
    at, response = np.tile(begun, physicians), np.zeros(physicians * months)
    done, row = np.full(len(at), ACTION_NAMES.index(NO_VISIT)), np.full(len(at), -1)
    visited = place[latest]
    at[visited], row[visited] = logged.at[latest], logged.row[latest]
    response[visited], done[visited] = worth[logged.action[latest]], logged.action[latest]
    pair = np.repeat(np.arange(physicians) * len(CHANNEL_NAMES) + channel, months)
    return Occasions(pair, at, response, done, row)


def _placed(parts: Iterable[Occasions], key: Numbers) -> Occasions:
    """Of all parts, each pair told by its place instead of its code."""
    columns = zip(*([part.pair, part.at, part.response, part.action, part.row] for part in parts), strict=True)
    pair, *others = (np.concatenate(column) for column in columns)
    order = np.argsort(pair, kind="stable")
    return Occasions(np.searchsorted(key, pair[order]).astype(np.int64), *(column[order] for column in others))


def _unsubscribed(events: _Events, key: Numbers) -> Numbers:
    left = events.of_rows((events.action == _UNSUBSCRIBED) & np.isin(events.key, key))
    found = np.full(len(key), NEVER)
    np.maximum.at(found, np.searchsorted(key, left.key), left.at)
    return found
