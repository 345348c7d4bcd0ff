"""Figures of a channel split: how well profiles as of the cut foretell what each exposure after it came to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..metrics import (
    AUC,
    RATIO,
    SHARE,
    Floats,
    brier_scores,
    log_losses,
    means,
)
from ..results import Figure, measured
from .channel_split import ChannelSplit
from .reliability import Forecasts, calibration_errors, reliability_curve
from .suite import Findings


def later_findings(suite: str, split: ChannelSplit) -> Findings:
    """Losses, ranking and calibration of the predictions, beside those of the channels' base rates."""
    predicted = np.isin(np.arange(len(split.items)), split.rows).astype(np.float64)
    known = measured(suite, "exposures predicted", SHARE, split.items, means(predicted), better="higher")
    figures = [*_losses(suite, split), *_calibration(suite, split), known, *_by_channel(suite, split)]
    curve = reliability_curve(suite, split.items, _forecasts(split))
    return Findings(
        figures=tuple(figures),
        item_sets=(split.items,),
        reliability=(curve,),
        scored_by={split.items.name: f"profiles as of {split.cut}, exposures after that day"},
    )


def _losses(suite: str, split: ChannelSplit) -> list[Figure]:
    figures = []
    for name, score in (("log-loss", log_losses), ("Brier", brier_scores)):
        ours = score(split.predicted, split.responses)
        theirs = score(split.base_rates, split.responses)
        figures += [
            _lower(suite, name, ours, split),
            _lower(suite, f"{name} of the channel's base rate", theirs, split),
            _lower(suite, f"{name} minus that of the base rate", ours - theirs, split),
        ]
    for name, scores in (("AUC", split.predicted), ("AUC of the channel's base rate", split.base_rates)):
        statistics = np.column_stack([scores, split.responses])
        figures.append(measured(suite, name, AUC, split.items, statistics, rows=split.rows))
    return figures


def _calibration(suite: str, split: ChannelSplit) -> list[Figure]:
    """Of the predictions and of the base rates, which are few: both in as many bins, or one would look better."""
    theirs = replace(_forecasts(split), name="the channel's base rate", probabilities=split.base_rates)
    ours = replace(_forecasts(split), most_bins=int(theirs.bins().max()) + 1)
    return [*calibration_errors(suite, ours), *calibration_errors(suite, theirs)]


def _forecasts(split: ChannelSplit) -> Forecasts:
    return Forecasts("engagement after the cut", split.predicted, split.responses, np.array(split.rows))


def _by_channel(suite: str, split: ChannelSplit) -> list[Figure]:
    """The gain over the base rate within each channel."""
    gains = log_losses(split.predicted, split.responses) - log_losses(split.base_rates, split.responses)
    channels = np.array([split.channels[row] for row in split.rows])
    figures = []
    for channel in sorted(set(channels.tolist())):
        chosen = np.flatnonzero(channels == channel)
        figures.append(
            measured(
                suite,
                "log-loss minus that of the base rate",
                RATIO,
                split.items,
                means(gains[chosen]),
                part=f"channel={channel}",
                rows=[split.rows[place] for place in chosen],
                better="lower",
            )
        )
    return figures


def _lower(suite: str, metric: str, losses: Floats, split: ChannelSplit) -> Figure:
    note = f"profiles as of {split.cut}, exposures after that day"
    return measured(suite, metric, RATIO, split.items, means(losses), rows=split.rows, better="lower", note=note)
