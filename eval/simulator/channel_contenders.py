"""What else could be made of the same records: trivial rates, a regression, the model with a part left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from ...inference.profiles import ChannelRules, latest_consents
from ...inference.profiles.channels import ChannelModel, channel_preferences
from ...inference.profiles.engagement import read_engagement
from ...inference.profiles.engagement_log import CHANNEL_NAMES, EngagementLog, Numbers
from ...inference.profiles.ordering import places
from ...inference.profiles.preferences import channel_statements_by_pair, latest_stances
from ..metrics import Floats
from .options import MONTH_DAYS
from .population import SEGMENTS
from .world import World

_OPENS_ALL_COUNT = {"machine_seconds": 0.0, "scanner_seconds": 0.0}
WITHOUT: Mapping[str, Mapping[str, Any]] = {
    "decay": {"model": ChannelModel(half_life_days=np.inf)},
    "one's like": {"model": ChannelModel(like=False)},
    "answers elsewhere": {"model": ChannelModel(elsewhere=False)},
    "stated preferences": {"model": ChannelModel(stated_exposures=0.0)},
    "telling machines from people": {"rules": ChannelRules.default().model_copy(update=_OPENS_ALL_COUNT)},
}
"""Parts of the model, and what `predictions` is given to leave each out."""
_DAY = 86_400 * 1_000_000
_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Grid:
    """Every physician and channel of a world; a pair's place is the physician's x channels + the channel's.

    `segment` (physicians,) is the place of each one's in SEGMENTS.
    """

    hcp_ids: pa.Array
    segment: Numbers

    @classmethod
    def of(cls, world: World) -> Grid:
        """Physicians by their ids."""
        hcps = world.hcps.sort_by("hcp_id")
        return cls(hcps["hcp_id"].combine_chunks(), places(hcps["segment"], pa.array(SEGMENTS)))

    def __len__(self) -> int:
        return len(self.hcp_ids) * len(CHANNEL_NAMES)

    @property
    def channel(self) -> Numbers:
        """(pairs,) the channel of each."""
        return np.tile(np.arange(len(CHANNEL_NAMES)), len(self.hcp_ids))

    @property
    def cell(self) -> Numbers:
        """(pairs,) a number for each channel and segment."""
        return np.repeat(self.segment, len(CHANNEL_NAMES)) * len(CHANNEL_NAMES) + self.channel

    def places(self, table: pa.Table) -> Numbers:
        """(n,) the pair of each row, by its hcp_id and channel."""
        return places(table["hcp_id"], self.hcp_ids) * len(CHANNEL_NAMES) + _channels(table)

    def of_log(self, log: EngagementLog) -> Numbers:
        """(pairs of the log,) the place of each."""
        return places(log.hcp_ids, self.hcp_ids)[log.physician] * len(CHANNEL_NAMES) + log.channel


def _channels(table: pa.Table) -> Numbers:
    return places(table["channel"], pa.array(CHANNEL_NAMES))


@dataclass(frozen=True)
class Seen:
    """Exposures and responses (pairs,) up to a day."""

    exposures: Floats
    responses: Floats

    @classmethod
    def of(cls, grid: Grid, log: EngagementLog) -> Seen:
        """All that a log counts."""
        place = grid.of_log(log)[log.exposures.pair]
        return cls(
            np.bincount(place, minlength=len(grid)).astype(np.float64),
            np.bincount(place, log.exposures.response, len(grid)).astype(np.float64),
        )

    def rate_in(self, group: Numbers) -> Floats:
        """(pairs,) the rate of each one's group, half a response added to either side."""
        exposures, responses = (np.bincount(group, column) for column in (self.exposures, self.responses))
        return np.asarray(((responses + 0.5) / (exposures + 1.0))[group])

    def raw_rate(self, grid: Grid) -> Floats:
        """(pairs,) each one's own rate; the channel's where there is no exposure."""
        own = self.responses / np.maximum(self.exposures, 1.0)
        return np.where(self.exposures > 0, own, self.rate_in(grid.channel))

    def smoothed_rate(self) -> Floats:
        """(pairs,) each one's own rate, half a response added to either side (Krichevsky and Trofimov, 1981)."""
        return np.asarray((self.responses + 0.5) / (self.exposures + 1.0))


def predictions(world: World, grid: Grid, as_of: date, **how: Any) -> tuple[Floats, Floats, Floats]:
    """(pairs,) what the records up to a day have the model say: mean, lower and upper end; NaN where nothing.

    `how` may give `rules` and `model`.
    """
    table = channel_preferences(
        read_engagement(world.content_events, as_of, how.get("rules")),
        latest_stances(channel_statements_by_pair(world.channel_statements, as_of)),
        latest_consents(world.consents, as_of),
        {row["hcp_id"]: (row["specialty"], row["country"], row["segment"]) for row in world.hcps.to_pylist()},
        as_of,
        model=how.get("model"),
    )
    place = grid.places(table)
    found = np.full((3, len(grid)), np.nan)
    found[:, place] = [table[name].to_numpy() for name in ("p_engage", "low", "high")]
    return found[0], found[1], found[2]


def exposures_between(grid: Grid, log: EngagementLog, after: date, until: date) -> tuple[Numbers, Floats]:
    """Pairs and responses (m,) of exposures after a day; a month without a visit is dated by the day before it."""
    day, occasions = log.exposures.at // _DAY, log.exposures
    cut, end = ((moment - _FIRST_DAY).days for moment in (after, until))
    chosen = ((day > cut) | ((day == cut) & (occasions.row < 0))) & (day <= end)
    return grid.of_log(log)[occasions.pair[chosen]], occasions.response[chosen]


def regression(world: World, grid: Grid, cut: date) -> Floats | None:
    """(pairs,) a logistic regression on counts, channel and segment, fitted on the month before the cut.

    None where that month has no exposure that was answered, or none that was not.
    """
    from sklearn.linear_model import LogisticRegression

    before = cut - timedelta(days=MONTH_DAYS)
    log = read_engagement(world.content_events, cut)
    pair, response = exposures_between(grid, log, before, cut)
    if len(np.unique(response >= 0.5)) < 2:
        return None
    then = _features(grid, Seen.of(grid, read_engagement(world.content_events, before)))
    model = LogisticRegression(max_iter=500).fit(then[pair], response >= 0.5)
    return np.asarray(model.predict_proba(_features(grid, Seen.of(grid, log)))[:, 1])


def _features(grid: Grid, seen: Seen) -> Floats:
    """(pairs, features) logarithms of counts, own rate, its interaction with how many, channel and segment."""
    rate, many = seen.smoothed_rate(), np.log1p(seen.exposures)
    kinds = [np.eye(int(kind.max()) + 1)[kind] for kind in (grid.channel, grid.cell // len(CHANNEL_NAMES))]
    return np.column_stack([many, np.log1p(seen.responses), rate, rate * many, *kinds])
