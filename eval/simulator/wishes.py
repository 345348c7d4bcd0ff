"""What physicians say about channels: mostly what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..metrics import Floats
from .draws import Draws
from .engagement import Engagement
from .options import SimulationOptions
from .population import BRANDS, CHANNELS, Codes
from .visits import Visits, slots

STANCES = ("prefers", "avoids")
_WISHED = 0.12
_TRUE = 0.85


@dataclass(frozen=True)
class Wishes:
    """Stances (n,) voiced at visits: which visit taken, channel and stance as codes, how surely read."""

    visit: Codes
    channel: Codes
    stance: Codes
    probability: Floats


def draw_wishes(draws: Draws, options: SimulationOptions, visits: Visits, engagement: Engagement) -> Wishes:
    """At most one a visit: the channel that is truly best or worst, or now and then any."""
    voiced, side, true, which, sure = np.moveaxis(
        draws.take(len(BRANDS), slots(options), 5)[visits.physician, visits.brand, visits.slot], -1, 0
    )
    visit = np.flatnonzero(voiced < _WISHED)
    avoids = side[visit] < 0.5
    own = engagement.on(visits.physician[visit], visits.day[visit])
    channel = np.where(avoids, own.argmin(axis=1), own.argmax(axis=1))
    anything = (which[visit] * len(CHANNELS)).astype(np.intp)
    return Wishes(
        visit=visit,
        channel=np.where(true[visit] < _TRUE, channel, anything),
        stance=avoids.astype(np.intp),
        probability=1 - 0.3 * sure[visit],
    )
