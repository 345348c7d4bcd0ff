"""All that is known of physicians and channels, in columns: a row each where something is logged or said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..records.schemas import CONSENT_STATUSES
from .base_rates import Cell
from .channel_priors import Counts
from .consents import Consent, is_permitted
from .engagement_log import CHANNEL_NAMES, NEVER, EngagementLog, Floats, Numbers, Pair
from .ordering import places
from .preferences import Stance

STATED = ("avoids", "prefers")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400 * 1_000_000
_STATUSES = (*CONSENT_STATUSES, None)


@dataclass(frozen=True)
class ChannelFacts:
    """Rows (n,), by physician and channel.

    Attributes:
        hcp_ids: physicians, in order of their ids.
        physician: codes of them.
        channel: codes in CHANNEL_NAMES.
        place: of the pair in the engagement log; -1 where nothing is logged.
        log: what is logged.
        stances: the latest stance by place of the row.
        left: microseconds since 1970 at which it was unsubscribed from, NEVER where it was not or holds no longer.
        consented: whether it may be used.
    """

    hcp_ids: pa.Array
    physician: Numbers
    channel: Numbers
    place: Numbers
    log: EngagementLog
    stances: Mapping[int, Stance]
    left: Numbers
    consented: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.physician)

    @classmethod
    def of(cls, log: EngagementLog, stances: Mapping[Pair, Stance], consents: Mapping[Pair, Consent]) -> ChannelFacts:
        """Each physician and channel with an exposure, an unsubscription or a stated stance.

        Who unsubscribed has not consented until opting in later.
        """
        told = np.zeros(len(log), dtype=np.bool_)
        told[log.exposures.pair] = True
        told |= log.unsubscribed != NEVER
        hcp_ids = _ids(log, stances)
        in_all = places(log.hcp_ids, hcp_ids)
        logged = in_all[log.physician] * len(CHANNEL_NAMES) + log.channel
        said = _keys(hcp_ids, stances)
        key = np.union1d(logged[told], said)
        place = _found(logged, key)
        status, captured = _latest(hcp_ids, key, consents)
        left = np.where(place >= 0, log.unsubscribed[place], NEVER) if len(log) else np.full(len(key), NEVER)
        is_back = (status == _STATUSES.index("opt_in")) & (captured > left)
        left = np.where(is_back, NEVER, left)
        channel = key % len(CHANNEL_NAMES)
        by_place = dict(zip(np.searchsorted(key, said).tolist(), stances.values(), strict=True))
        return cls(
            hcp_ids=hcp_ids,
            physician=key // len(CHANNEL_NAMES),
            channel=channel,
            place=place,
            log=log,
            stances=by_place,
            left=left,
            consented=_PERMITTED[channel, status] & (left == NEVER),
        )

    def counts(self, as_of: date, half_life_days: float) -> Counts:
        """Exposures and responses, each worth half after that many days, and as many as they are."""
        exposures = self.log.exposures
        age = (as_of - date(1970, 1, 1)).days - exposures.at // _DAY
        faded = 0.5 ** (age / half_life_days)
        weights = (faded, faded * exposures.response, faded**2, np.ones(len(exposures)), exposures.response)
        return Counts(self.physician, self.channel, *(self.of_log(exposures.pair, weight) for weight in weights))

    def of_log(self, pair: Numbers, weight: Floats) -> Floats:
        """(n,) the sum of weights (m,) of pairs (m,) of the log; 0 where nothing is logged."""
        sums = np.bincount(pair, weight, len(self.log))
        return np.where(self.place >= 0, sums[self.place], 0.0) if len(self.log) else np.zeros(len(self))

    def stance(self, name: str) -> Floats:
        """(n,) the probability of that stance, 0 where another is taken or none."""
        found = np.zeros(len(self))
        for row, stance in self.stances.items():
            found[row] = stance.probability if stance.stance == name else 0.0
        return found

    def stated(self) -> Numbers:
        """(n,) code in STATED of the stance where it is likelier than not, else -1."""
        found = np.full(len(self), -1)
        for row, stance in self.stances.items():
            found[row] = -1 if stance.stated is None else STATED.index(stance.stated)
        return found

    def cells(self, cells: Mapping[str, Cell]) -> tuple[Numbers, Numbers]:
        """(n,) codes of each row's segment, and of its specialty, country and segment; -1 where it has no segment."""
        known = [cells.get(hcp_id, (None, None, None)) for hcp_id in self.hcp_ids.to_pylist()]
        widest = {segment: code for code, segment in enumerate(sorted({cell[2] for cell in known if cell[2]}))}
        narrowest = {cell: code for code, cell in enumerate(sorted({cell for cell in known if cell[2]}, key=_named))}
        by_physician = (
            np.array([widest.get(cell[2] or "", -1) for cell in known], dtype=np.int64),
            np.array([narrowest.get(cell, -1) for cell in known], dtype=np.int64),
        )
        return by_physician[0][self.physician], by_physician[1][self.physician]


_PERMITTED = np.array([[is_permitted(channel, status) for status in _STATUSES] for channel in CHANNEL_NAMES])


def _named(cell: Cell) -> tuple[str, ...]:
    return tuple(part or "" for part in cell)


def _ids(log: EngagementLog, stances: Mapping[Pair, Stance]) -> pa.Array:
    said = pa.array(sorted({hcp_id for hcp_id, _ in stances}), pa.string())
    ids = pc.unique(pa.concat_arrays([log.hcp_ids.cast(pa.string()), said]))
    return ids.take(pc.sort_indices(ids))


def _keys(hcp_ids: pa.Array, pairs: Mapping[Pair, object]) -> Numbers:
    who = places(pa.array([hcp_id for hcp_id, _ in pairs], pa.string()), hcp_ids)
    channel = np.array([_CODES[channel] for _, channel in pairs], dtype=np.int64)
    return np.where(who < 0, -1, who * len(CHANNEL_NAMES) + channel)


_CODES = {channel: code for code, channel in enumerate(CHANNEL_NAMES)}


def _found(sorted_keys: Numbers, key: Numbers) -> Numbers:
    """(n,) where keys (n,) are in others that are sorted; -1 where they are not."""
    if not len(sorted_keys):
        return np.full(len(key), -1)
    place = np.minimum(np.searchsorted(sorted_keys, key), len(sorted_keys) - 1)
    return np.where(sorted_keys[place] == key, place, -1)


def _latest(hcp_ids: pa.Array, key: Numbers, consents: Mapping[Pair, Consent]) -> tuple[Numbers, Numbers]:
    """(n,) status codes of the rows' consents and when they were captured, in microseconds since 1970."""
    status, captured = np.full(len(key), len(_STATUSES) - 1), np.full(len(key), NEVER)
    place = _found(key, _keys(hcp_ids, consents))
    for row, consent in zip(place.tolist(), consents.values(), strict=True):
        if row >= 0:
            status[row] = _STATUSES.index(consent.status)
            captured[row] = (consent.captured_at - _EPOCH) // _MICROSECOND
    return status, captured
