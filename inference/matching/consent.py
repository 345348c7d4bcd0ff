"""Through which channels a physician may be contacted, from the consent records."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from ..profiles import is_permitted
from ..records.schemas import CHANNELS
from .days import end_of_day


class ConsentLedger:
    """All consent records by physician and channel; an `unsubscribed` event counts as an opt-out at its time."""

    def __init__(self, consents: pa.Table, content_events: pa.Table) -> None:
        self._records: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        self._add(consents["hcp_id"], consents["captured_at"], consents["channel"], consents["status"])
        self.add_unsubscribed(content_events)

    def add_unsubscribed(self, content_events: pa.Table) -> None:
        """Take the opt-outs among events; of other events nothing."""
        unsubscribed = content_events.filter(pc.equal(content_events["action"], "unsubscribed"))
        opt_outs = pa.array(["opt_out"] * len(unsubscribed), pa.string())
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
        for time, channel, status in tuple(self._records.get(hcp_id, ())):
            record = (time, status != "opt_in", status)
            if time < end and (channel not in latest or record > latest[channel]):
                latest[channel] = record
        opened = set(_OPEN_UNTOLD)
        for name, (_, _, status) in latest.items():
            if is_permitted(name, status):
                opened.add(name)
            else:
                opened.discard(name)
        return frozenset(opened)


_OPEN_UNTOLD = frozenset(channel for channel in CHANNELS if is_permitted(channel, None))
"""Open where nothing is known."""
