"""Channel preferences judged by what came after: profiles as of a cut day, exposures after it. Needs no gold.

The cut leaves about 30 % of the time to judge by, in whole months counted back from the last event: a website is not
sent, so each month is one occasion to visit it, and a month cut in two would count only where it was visited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc

from ...inference.profiles.engagement import VISIT_DAYS, read_engagement
from ...inference.profiles.engagement_log import Exposure
from ..metrics import Floats
from ..results import ItemSet
from .base_rates import BaseRates
from .timeline_runs import TimelineRun

LATER_SHARE = 0.3
ITEMS = "channels: exposures after the cut"


@dataclass(frozen=True)
class ChannelSplit:
    """Exposures after the cut; those of a physician and channel of which nothing was known are not predicted.

    Attributes:
        cut: the last day that the predictions knew.
        items: every exposure after it.
        channels: the channel of each.
        rows: the exposures that are predicted, (m,).
        predicted: chance of engaging, (m,).
        base_rates: the channel's share of exposures answered before the cut, (m,).
        responses: what came of them, in [0, 1], (m,).
    """

    cut: date
    items: ItemSet
    channels: tuple[str, ...]
    rows: tuple[int, ...]
    predicted: Floats
    base_rates: Floats
    responses: Floats


def channel_split(run: TimelineRun) -> ChannelSplit | None:
    """The split of a run's content events; None where they are too few to be split."""
    events = run.tables["content_events"]
    if not len(events):
        return None
    days = pc.min_max(events["timestamp"]).as_py()
    last = days["max"].date()
    cut = cut_day(days["min"].date(), last)
    channels = run.profiles_on(cut).channels
    pairs = zip(channels["hcp_id"].to_pylist(), channels["channel"].to_pylist(), strict=True)
    known = dict(zip(pairs, channels["p_engage"].to_pylist(), strict=True))
    rates = BaseRates(read_engagement(events, cut))
    later = [
        (pair, number, exposure)
        for pair, logged in sorted(read_engagement(events, last).items())
        for number, exposure in enumerate(_after(cut, logged.exposures))
    ]
    rows = tuple(row for row, (pair, _, _) in enumerate(later) if pair in known)
    if not rows:
        return None
    return ChannelSplit(
        cut=cut,
        items=ItemSet(
            ITEMS,
            tuple(f"{pair[0]}|{pair[1]}|{exposure.at.date()}|{number}" for pair, number, exposure in later),
            tuple(pair[0] for pair, _, _ in later),
        ),
        channels=tuple(pair[1] for pair, _, _ in later),
        rows=rows,
        predicted=np.array([known[later[row][0]] for row in rows]),
        base_rates=np.array([rates.of(later[row][0][1]) for row in rows]),
        responses=np.array([later[row][2].response for row in rows]),
    )


def cut_day(first: date, last: date) -> date:
    """The last day before the share of the time that is judged by, whole months before the last day."""
    months = max(1, round(LATER_SHARE * (last - first).days / VISIT_DAYS))
    return last - timedelta(days=VISIT_DAYS * months)


def _after(cut: date, exposures: tuple[Exposure, ...]) -> Iterator[Exposure]:
    """Exposures after the cut day; a month without a visit is dated by the day before its first."""
    for exposure in exposures:
        day = exposure.at.date()
        if day > cut or (exposure.event_id is None and day == cut):
            yield exposure
