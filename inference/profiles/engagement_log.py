"""What each physician was exposed to and how they responded: in columns, and as objects of a physician and channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..records.schemas import ACTIONS, CHANNELS

Pair = tuple[str, str]
"""(hcp_id, channel)"""
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

CHANNEL_NAMES = tuple(sorted(CHANNELS))
"""A channel's code is its place here."""
NO_VISIT = "no visit"
ACTION_NAMES = (*ACTIONS, NO_VISIT)
"""An action's code is its place here."""
NEVER = np.iinfo(np.int64).min
"""The moment of an unsubscription that never was."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One occasion to engage and the best answer to it; `event_id` and `action` are the answer's where there is one.

    `response` is the answer's worth in [0, 1]; `event_id` is None for a month without a visit.
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


@dataclass(frozen=True)
class Occasions:
    """Exposures (m,), each with its answer, by pair and in the order of their moments.

    Attributes:
        pair: place of the pair in the log.
        at: microseconds since 1970.
        response: worth of the best answer, in [0, 1].
        action: code of the answer's action, or of the exposure's.
        row: place of that event in the log's events; -1 for a month without a visit.
    """

    pair: Numbers
    at: Numbers
    response: Floats
    action: Numbers
    row: Numbers

    def __len__(self) -> int:
        return len(self.pair)

    def of_rows(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Occasions:
        """Some of them."""
        return Occasions(self.pair[rows], self.at[rows], self.response[rows], self.action[rows], self.row[rows])

    def starts(self, pairs: int) -> Numbers:
        """(pairs + 1,) where each pair's begin."""
        return np.searchsorted(self.pair, np.arange(pairs + 1)).astype(np.int64)


class EngagementLog(Mapping[Pair, Engagement]):
    """Engagement by (hcp_id, channel), kept in columns; an object is made for a pair that is asked for.

    Attributes:
        hcp_ids: all physicians, in order of their ids.
        key: (pairs,) code of the physician x channels + code of the channel, ascending.
        exposures: what counts.
        machine: opens and clicks left out.
        unsubscribed: (pairs,) the last unsubscription in microseconds since 1970, or NEVER.
        events: the event_id and content_id of rows.
    """

    def __init__(
        self,
        hcp_ids: pa.Array,
        key: Numbers,
        exposures: Occasions,
        machine: Occasions,
        unsubscribed: Numbers,
        events: pa.Table,
    ) -> None:
        self.hcp_ids, self.key, self.exposures, self.machine = hcp_ids, key, exposures, machine
        self.unsubscribed, self.events = unsubscribed, events
        self._starts = exposures.starts(len(key)), machine.starts(len(key))

    @property
    def physician(self) -> Numbers:
        """(pairs,) codes of the physicians."""
        return self.key // len(CHANNEL_NAMES)

    @property
    def channel(self) -> Numbers:
        """(pairs,) codes of the channels."""
        return self.key % len(CHANNEL_NAMES)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {hcp_id: code for code, hcp_id in enumerate(self.hcp_ids.to_pylist())}

    def __getitem__(self, pair: Pair) -> Engagement:
        hcp_id, channel = pair
        if hcp_id not in self._codes or channel not in CHANNEL_NAMES:
            raise KeyError(pair)
        key = self._codes[hcp_id] * len(CHANNEL_NAMES) + CHANNEL_NAMES.index(channel)
        place = int(np.searchsorted(self.key, key))
        if place == len(self.key) or self.key[place] != key:
            raise KeyError(pair)
        return self.at(place)

    def at(self, place: int) -> Engagement:
        """What the pair of a place did."""
        exposures, machine = (
            self._read(occasions, int(starts[place]), int(starts[place + 1]))
            for occasions, starts in zip((self.exposures, self.machine), self._starts, strict=True)
        )
        left = int(self.unsubscribed[place])
        return Engagement(exposures, machine, None if left == NEVER else moment(left))

    def latest(self, place: int, most: int) -> tuple[Exposure, ...]:
        """The last logged exposures of a place's pair, oldest first; a month without a visit is not logged."""
        start, end = self._starts[0][place : place + 2].tolist()
        rows = (start + np.flatnonzero(self.exposures.row[start:end] >= 0)[-most:]).tolist()
        return tuple(exposure for row in rows for exposure in self._read(self.exposures, row, row + 1))

    def scanned(self, times: int) -> list[Pair]:
        """Pairs of which a machine opened at least so much."""
        names, counts = self.hcp_ids.to_pylist(), np.bincount(self.machine.pair, minlength=len(self))
        found = self.key[counts >= times].tolist()
        return [(names[key // len(CHANNEL_NAMES)], CHANNEL_NAMES[key % len(CHANNEL_NAMES)]) for key in found]

    def __iter__(self) -> Iterator[Pair]:
        names = self.hcp_ids.to_pylist()
        codes = zip(self.physician.tolist(), self.channel.tolist(), strict=True)
        return ((names[physician], CHANNEL_NAMES[channel]) for physician, channel in codes)

    def __len__(self) -> int:
        return len(self.key)

    def _read(self, occasions: Occasions, start: int, end: int) -> tuple[Exposure, ...]:
        part = slice(start, end)
        found = zip(*(column[part].tolist() for column in _columns(occasions)), strict=True)
        return tuple(self._exposure(at, response, action, row) for at, response, action, row in found)

    def _exposure(self, at: int, response: float, action: int, row: int) -> Exposure:
        event_id, content_id = (
            (None, None) if row < 0 else (self.events[name][row].as_py() for name in ("event_id", "content_id"))
        )
        return Exposure(moment(at), response, event_id, ACTION_NAMES[action], content_id)


def _columns(occasions: Occasions) -> tuple[Numbers, Floats, Numbers, Numbers]:
    return occasions.at, occasions.response, occasions.action, occasions.row


def moment(at: int) -> datetime:
    """The moment that many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=at)
