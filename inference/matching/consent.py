"""Through which channels a physician may be contacted, from the consent records."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from ..records.schemas import CHANNELS
from .days import end_of_day

NEEDS_OPT_IN = ("email", "messaging", "phone", "mail")
"""Channels that stay closed until an opt-in is known; the others are open until somebody says no."""

_REFUSALS = ("opt_out", "never")


class ConsentLedger:
    """All consent records by physician and channel; an `unsubscribed` event counts as an opt-out at its time."""

    def __init__(self, consents: pa.Table, content_events: pa.Table) -> None:
        self._records: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        unsubscribed = content_events.filter(pc.equal(content_events["action"], "unsubscribed"))
        opt_outs = pa.array(["opt_out"] * len(unsubscribed), pa.string())
        self._add(consents["hcp_id"], consents["captured_at"], consents["channel"], consents["status"])
        self._add(unsubscribed["hcp_id"], unsubscribed["timestamp"], unsubscribed["channel"], opt_outs)

    def _add(self, hcp_ids: pa.Array, times: pa.Array, channels: pa.Array, statuses: pa.Array) -> None:
        columns = (column.to_pylist() for column in (hcp_ids, times, channels, statuses))
        for hcp_id, time, channel, status in zip(*columns, strict=True):
            self._records[hcp_id].append((time, channel, status))

    def open_channels(self, hcp_id: str, as_of: date) -> frozenset[str]:
        """Channels open at the end of the day `as_of` (UTC).

        The latest record wins; of two with the same time an opt-in loses.
        """
        end = end_of_day(as_of)
        latest: dict[str, tuple[datetime, bool, str]] = {}
        for time, channel, status in self._records.get(hcp_id, ()):
            record = (time, status != "opt_in", status)
            if time < end and record > latest.get(channel, (time, False, "")):
                latest[channel] = record
        return frozenset(channel for channel in CHANNELS if _is_open(channel, latest.get(channel)))


def _is_open(channel: str, record: tuple[datetime, bool, str] | None) -> bool:
    status = record[2] if record else None
    return status == "opt_in" if channel in NEEDS_OPT_IN else status not in _REFUSALS
