"""The truth: when each driver and barrier began to hold, was resolved, and came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..metrics import Floats
from .codes import dates, named
from .draws import Draws
from .options import SimulationOptions
from .population import BRANDS, POLARITIES, Physicians, Setting

Flags = NDArray[np.bool_]

_HELD_BEFORE = 0.3  # so much of the time before the first day counts as well
_RESOLVED = {"barrier": 0.5, "driver": 0.2}
_REOPENED = 0.3
_DURATION = (0.15, 0.75)  # of the whole time
_PAUSE = (0.1, 0.5)

TRUE_TOPICS = pa.schema(
    [
        ("hcp_id", pa.string()),
        ("brand", pa.string()),
        ("topic", pa.string()),
        ("polarity", pa.string()),  # driver | barrier
        ("state", pa.string()),  # open | resolved | reopened, on the last day
        ("opened_at", pa.date32()),  # may lie before the first day
        ("resolved_at", pa.date32()),
        ("reopened_at", pa.date32()),
        ("times_said", pa.int32()),  # in how many notes the physician truly says it, that it holds or that it is over
    ]
)


@dataclass(frozen=True)
class Histories:
    """Days (physicians, brands, polarities, topics) on which each began to hold, ended and began anew; inf: never."""

    opened: Floats
    resolved: Floats
    reopened: Floats

    def at(self, cell: tuple[Any, ...]) -> Histories:
        """Some of them, chosen as one indexes an array."""
        return Histories(self.opened[cell], self.resolved[cell], self.reopened[cell])

    def held(self, day: Floats | float) -> Flags:
        """Whether each holds on its day, which fits the shape or is one for all."""
        return (self.opened <= day) & ((day < self.resolved) | (self.reopened <= day))

    def ended(self, day: Floats | float) -> Flags:
        """Whether each held and does no more."""
        return (self.resolved <= day) & (day < self.reopened)

    def to_table(
        self, options: SimulationOptions, setting: Setting, physicians: Physicians, times_said: NDArray[np.intp]
    ) -> pa.Table:
        """TRUE_TOPICS of what has begun by the last day; `times_said` has the shape of the days."""
        last = options.days - 1
        where = np.nonzero(self.opened <= last)
        known = [np.where(days[where] <= last, days[where], np.inf) for days in (self.resolved, self.reopened)]
        state = np.where(np.isfinite(known[1]), 2, np.where(np.isfinite(known[0]), 1, 0))
        physician, brand, polarity, topic = where
        columns = {
            "hcp_id": named(physicians.ids, physician),
            "brand": named(BRANDS, brand),
            "topic": named(setting.topics, topic),
            "polarity": named(POLARITIES, polarity),
            "state": named(("open", "resolved", "reopened"), state),
            "opened_at": dates(options.first_day, self.opened[where]),
            "resolved_at": dates(options.first_day, known[0]),
            "reopened_at": dates(options.first_day, known[1]),
            "times_said": pa.array(times_said[where], pa.int32()),
        }
        return pa.table(columns, schema=TRUE_TOPICS)


def draw_histories(draws: Draws, options: SimulationOptions, setting: Setting, physicians: Physicians) -> Histories:
    """Histories of the brands each physician is asked to prescribe."""
    days = options.days
    occurs, start, ends, duration, returns, pause = np.moveaxis(
        draws.take(len(BRANDS), len(POLARITIES), len(setting.topics), 6), -1, 0
    )
    opened = np.floor((start * (1 + _HELD_BEFORE) - _HELD_BEFORE) * days)
    opened = np.where((occurs < setting.rates) & physicians.brands[:, :, None, None], opened, np.inf)
    ending = np.array([_RESOLVED[polarity] for polarity in POLARITIES])[:, None]
    resolved = np.where(ends < ending, opened + np.ceil(_between(_DURATION, duration) * days), np.inf)
    reopened = np.where(returns < _REOPENED, resolved + np.ceil(_between(_PAUSE, pause) * days), np.inf)
    return Histories(opened, resolved, reopened)


def _between(bounds: tuple[float, float], uniform: Floats) -> Floats:
    return bounds[0] + (bounds[1] - bounds[0]) * uniform
