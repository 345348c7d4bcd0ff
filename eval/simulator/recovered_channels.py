"""How near the channel preferences come to the hidden probabilities of engaging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...inference.profiles import ProfileTables
from ...inference.profiles.channels import INTERVAL
from ..metrics import AUC, RATIO, SHARE, Floats, Formula, means, rank_correlation
from ..results import Better, Figure, ItemSet, measured
from .population import CHANNELS
from .world import World

CHANNEL_ITEMS, PHYSICIANS = "simulated: physicians × channels", "simulated: physicians"
_LEAST_CHANNELS = 3


@dataclass(frozen=True)
class _Channels:
    """Predicted and hidden probabilities (n,) of the physicians and channels of which anything is predicted."""

    hcp_id: list[str]
    channel: NDArray[np.str_]
    predicted: Floats
    low: Floats
    high: Floats
    true: Floats

    @classmethod
    def of(cls, world: World, profiles: ProfileTables) -> _Channels:
        true = world.truth.channels
        hidden = dict(
            zip(
                zip(true["hcp_id"].to_pylist(), true["channel"].to_pylist(), strict=True),
                true["p_engage"].to_pylist(),
                strict=True,
            )
        )
        rows = [row for row in profiles.channels.to_pylist() if (row["hcp_id"], row["channel"]) in hidden]
        predicted, low, high = (np.array([row[name] for row in rows], float) for name in ("p_engage", "low", "high"))
        return cls(
            hcp_id=[row["hcp_id"] for row in rows],
            channel=np.array([row["channel"] for row in rows], dtype=np.str_),
            predicted=predicted,
            low=low,
            high=high,
            true=np.array([hidden[row["hcp_id"], row["channel"]] for row in rows]),
        )


def channel_recovery(suite: str, world: World, profiles: ProfileTables) -> tuple[list[Figure], list[ItemSet]]:
    """Error, coverage of the intervals and order of physicians in each channel; order of channels in each physician."""
    found = _Channels.of(world, profiles)
    if not found.hcp_id:
        return [], []
    ids = tuple(f"{hcp_id}|{channel}" for hcp_id, channel in zip(found.hcp_id, found.channel, strict=True))
    items = ItemSet(CHANNEL_ITEMS, ids, tuple(found.hcp_id))
    figures = _figures(suite, items, found, "all", np.arange(len(ids)))
    for channel in CHANNELS:
        rows = np.flatnonzero(found.channel == channel)
        if len(rows):
            figures += _figures(suite, items, found, f"channel={channel}", rows)
    orders, physicians = _orders(suite, found)
    return [*figures, *orders], [items, *physicians]


def _figures(suite: str, items: ItemSet, found: _Channels, part: str, rows: NDArray[np.intp]) -> list[Figure]:
    error = np.abs(found.predicted - found.true)
    flat = np.abs(_of_channel(found, np.mean) - found.true)
    covered = ((found.low <= found.true) & (found.true <= found.high)).astype(np.float64)
    upper = found.true > _of_channel(found, np.median)

    def figure(metric: str, formula: Formula, statistics: Floats, better: Better, note: str = "") -> Figure:
        chosen = statistics[rows]
        return measured(suite, metric, formula, items, chosen, part=part, rows=rows.tolist(), better=better, note=note)

    order = np.column_stack([found.predicted, upper])
    return [
        figure("engagement error", RATIO, means(error), "lower", "mean absolute"),
        figure("engagement error minus that of the channel's mean", RATIO, means(error - flat), "lower"),
        figure("engagement interval coverage", SHARE, means(covered), "neither", f"meant to cover {INTERVAL:.0%}"),
        figure("engagement AUC", AUC, order, "higher", "above the median of the channel or not"),
    ]


def _of_channel(found: _Channels, summary: Callable[[Floats], np.floating[Any]]) -> Floats:
    """(n,) the mean or median of the hidden probabilities in the channel of each row."""
    summaries = {channel: float(summary(found.true[found.channel == channel])) for channel in set(found.channel)}
    return np.array([summaries[channel] for channel in found.channel])


def _orders(suite: str, found: _Channels) -> tuple[list[Figure], list[ItemSet]]:
    """Mean rank correlation of the channels of each physician of whom three or more are known."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, hcp_id in enumerate(found.hcp_id):
        places[hcp_id].append(place)
    correlations = {
        hcp_id: rank_correlation(found.predicted[rows], found.true[rows])
        for hcp_id, rows in places.items()
        if len(rows) >= _LEAST_CHANNELS
    }
    known = {hcp_id: value for hcp_id, value in correlations.items() if not np.isnan(value)}
    if not known:
        return [], []
    items = ItemSet(PHYSICIANS, tuple(known), tuple(known))
    return [measured(suite, "rank correlation of channels", RATIO, items, means(list(known.values())))], [items]
