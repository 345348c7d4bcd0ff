"""Visits and calls: when a rep tried, whether the physician took part; who took part gets a note."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats
from .consents import Consents
from .draws import Draws
from .engagement import Engagement
from .options import MONTH_DAYS, SimulationOptions
from .population import BRANDS, CHANNELS, Codes, Physicians

SLOT_DAYS = 15
_ATTEMPTED = 0.55
_MIX = (0.7, 0.85)  # face to face, then video, then phone
_PHONE = CHANNELS.index("phone")


@dataclass(frozen=True)
class Visits:
    """Attempts (n,): physician in the block, brand, slot of 15 days, day, channel, number of the rep, whether taken."""

    physician: Codes
    brand: Codes
    slot: Codes
    day: Floats
    channel: Codes
    rep: Codes
    taken: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.physician)

    def of(self, rows: NDArray[np.bool_]) -> Visits:
        """Some of them."""
        return Visits(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def slots(options: SimulationOptions) -> int:
    """How many occasions for a visit there are, a brand."""
    return options.months * MONTH_DAYS // SLOT_DAYS


def draw_visits(
    draws: Draws, options: SimulationOptions, physicians: Physicians, engagement: Engagement, consents: Consents
) -> Visits:
    """Attempts in order of physician, brand and slot; who may not be called is visited."""
    attempted, when, how, who, taken = np.moveaxis(draws.take(len(BRANDS), slots(options), 5), -1, 0)
    where = np.nonzero(engagement.often(slice(None), attempted, _ATTEMPTED) & physicians.brands[:, :, None])
    physician, brand, slot = where
    day = slot * SLOT_DAYS + np.floor(when[where] * SLOT_DAYS)
    channel = np.searchsorted(_MIX, how[where], side="right")
    may_call = consents.allow("phone", physician, day)
    channel = np.where((channel == _PHONE) & ~may_call, 0, channel)
    rep = physicians.reps[physician, (who[where] < 0.5).astype(np.intp)]
    chance = engagement.on(physician, day)[np.arange(len(day)), channel]
    return Visits(physician, brand, slot, day, channel, rep, taken[where] < chance)
