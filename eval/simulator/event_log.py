"""Content events of a block as arrays, and the log they end in: with machines, repeats and rows out of place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...inference.records.schemas import ACTIONS, CONTENT_EVENTS
from ..metrics import Floats
from .codes import DAY_SECONDS, moments, named
from .draws import Draws
from .options import SimulationOptions
from .population import BRANDS, CHANNELS, Codes, Physicians

NO_CONTENT, NO_BRAND = -1, -1
_DISPLACED_DAYS = 7.0


@dataclass(frozen=True)
class Events:
    """Events (n,): codes of physician, brand, channel, action and content, seconds since the first day, dwell (NaN)."""

    physician: Codes
    brand: Codes
    channel: Codes
    action: Codes
    content: Codes
    at: Floats
    seconds: Floats

    def __len__(self) -> int:
        return len(self.physician)

    @classmethod
    def of(
        cls,
        action: str,
        physician: Codes,
        brand: Codes,
        channel: Codes | str,
        at: Floats,
        *,
        content: Codes | None = None,
        seconds: Floats | float = np.nan,
    ) -> Events:
        """Events of one action; the others fit the length of `physician`."""
        n = len(physician)
        named_channel = np.full(n, CHANNELS.index(channel)) if isinstance(channel, str) else channel
        return cls(
            physician=physician,
            brand=brand,
            channel=named_channel,
            action=np.full(n, ACTIONS.index(action)),
            content=np.full(n, NO_CONTENT) if content is None else content,
            at=np.floor(at),
            seconds=np.broadcast_to(np.floor(seconds), n),
        )

    @classmethod
    def concat(cls, parts: Sequence[Events]) -> Events:
        """All of them."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def of_rows(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Events:
        """Some of them, in the order of the rows."""
        return Events(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def event_log(
    draws: Draws,
    options: SimulationOptions,
    physicians: Physicians,
    contents: Sequence[str],
    events: Events,
) -> pa.Table:
    """CONTENT_EVENTS as a system would hand them over; `draws` are used up, a number of draws an event."""
    events = events.of_rows(np.lexsort((events.action, events.at, events.physician)))
    counts = np.bincount(events.physician, minlength=len(physicians))
    begins = np.cumsum(counts) - counts
    number = np.arange(len(events)) - begins[events.physician]
    repeat, place = draws.ragged(counts), draws.ragged(counts)
    names = physicians.ids
    ids = [f"E-{names[who]}-{n + 1:04d}" for who, n in zip(events.physician.tolist(), number.tolist(), strict=True)]
    log = _table(options, physicians, contents, events, ids)
    again = np.flatnonzero(repeat < options.noise.duplicates)
    renamed = repeat[again] < options.noise.duplicates / 2
    rows = np.concatenate([np.arange(len(events)), again])
    new_ids = [*ids, *(f"{ids[row]}-2" if new else ids[row] for row, new in zip(again, renamed, strict=True))]
    displaced = np.where(place < options.noise.disorder, (place * 997 % 1 - 0.5) * 2 * _DISPLACED_DAYS, 0.0)
    order = np.argsort((events.at + displaced * DAY_SECONDS)[rows], kind="stable")
    doubled = log.take(pa.array(rows)).set_column(0, log.schema.field(0), pa.array(new_ids, pa.string()))
    return doubled.take(pa.array(order))


def _table(
    options: SimulationOptions, physicians: Physicians, contents: Sequence[str], events: Events, ids: list[str]
) -> pa.Table:
    content = named(contents, events.content)
    of_brand = pc.binary_join_element_wise(named([brand[:3].upper() for brand in BRANDS], events.brand), content, "-")
    columns = {
        "event_id": ids,
        "hcp_id": named(physicians.ids, events.physician),
        "timestamp": moments(options.first_day, events.at),
        "channel": named(CHANNELS, events.channel),
        "action": named(ACTIONS, events.action),
        "content_id": of_brand,
        "brand": named(BRANDS, events.brand),
        "seconds": pa.array(events.seconds, pa.float64(), mask=np.isnan(events.seconds)),
    }
    return pa.table(columns, schema=CONTENT_EVENTS.schema)
