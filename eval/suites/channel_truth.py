"""Channel preferences against the hidden probabilities that the events were drawn from.

Expected losses are taken under the true probability, so chance in single events plays no part; their excess over the
best possible is what not knowing the truth costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...inference.profiles.channels import INTERVAL
from ...inference.profiles.engagement import read_engagement
from ..datasets import Timelines
from ..metrics import (
    AUC,
    RATIO,
    SHARE,
    Floats,
    brier_excesses,
    brier_scores,
    log_loss_excesses,
    log_losses,
    means,
    rank_correlation,
)
from ..results import Figure, ItemSet, measured, part_of
from .base_rates import BaseRates
from .reliability import Forecasts, reliability_curve
from .suite import Findings
from .timeline_runs import TimelineRun

ITEMS = "channels: physicians × channels"
PHYSICIANS = "channels: physicians"
_LEAST_CHANNELS = 3


@dataclass(frozen=True)
class _Predictions:
    """Chances of engaging that a run gives, (m,), for the `rows` of the hidden probabilities."""

    rows: tuple[int, ...]
    predicted: Floats
    low: Floats
    high: Floats
    true: Floats
    base_rates: Floats

    @classmethod
    def of(cls, run: TimelineRun, truth: Mapping[tuple[str, str], float]) -> _Predictions:
        channels = {(row["hcp_id"], row["channel"]): row for row in run.profiles.channels.to_pylist()}
        pairs = list(truth)
        rows = tuple(row for row, pair in enumerate(pairs) if pair in channels)
        rates = BaseRates(read_engagement(run.tables["content_events"], run.as_of))
        predicted, low, high = (
            np.array([channels[pairs[row]][name] for row in rows], dtype=np.float64)
            for name in ("p_engage", "low", "high")
        )
        true = np.array([truth[pairs[row]] for row in rows])
        return cls(rows, predicted, low, high, true, np.array([rates.of(pairs[row][1]) for row in rows]))

    def at(self, places: list[int]) -> _Predictions:
        """Those in some places."""
        arrays = (self.predicted, self.low, self.high, self.true, self.base_rates)
        return _Predictions(tuple(self.rows[place] for place in places), *(array[places] for array in arrays))


def truth_findings(suite: str, timelines: Timelines, runs: Sequence[TimelineRun]) -> Findings:
    """Expected losses, interval coverage, rank correlation and preferred channels of each run."""
    truth = timelines.channel_probabilities
    items = ItemSet(ITEMS, tuple(f"{h}|{c}" for h, c in truth), tuple(h for h, _ in truth))
    people = tuple(dict.fromkeys(items.clusters))
    physicians = ItemSet(PHYSICIANS, people, people)
    figures, curves = [], []
    for run in runs:
        found = _Predictions.of(run, truth)
        known = np.isin(np.arange(len(items)), found.rows).astype(np.float64)
        figures.append(measured(suite, "hidden probabilities predicted", SHARE, items, means(known), part=run.part))
        if found.rows:
            figures += _losses(suite, found, items, run.part)
            figures.append(_coverage(suite, found, items, run.part))
            figures += _by_channel(suite, found, items, run.part)
            figures += _ranking(suite, found, items, physicians, run.part)
            figures += _preferred(suite, found, items, timelines, run.part)
            name = f"engagement against hidden probabilities, {run.named}"
            curves.append(
                reliability_curve(suite, items, Forecasts(name, found.predicted, found.true, np.array(found.rows)))
            )
    how = "events drawn from the hidden probabilities, which the run never sees"
    return Findings(tuple(figures), (items, physicians), tuple(curves), scored_by={ITEMS: how, PHYSICIANS: how})


def _losses(suite: str, found: _Predictions, items: ItemSet, part: str) -> list[Figure]:
    excess = log_loss_excesses(found.predicted, found.true)
    losses = {
        "expected log-loss": log_losses(found.predicted, found.true),
        "expected log-loss above the best possible": excess,
        "expected log-loss minus that of the base rate": excess - log_loss_excesses(found.base_rates, found.true),
        "expected Brier": brier_scores(found.predicted, found.true),
        "expected Brier above the best possible": brier_excesses(found.predicted, found.true),
    }
    return [
        measured(suite, name, RATIO, items, means(loss), part=part, rows=found.rows, better="lower")
        for name, loss in losses.items()
    ]


def _coverage(suite: str, found: _Predictions, items: ItemSet, part: str) -> Figure:
    covered = (found.low <= found.true) & (found.true <= found.high)
    note = f"intervals are meant to cover {INTERVAL:.0%}"
    statistics = means(covered.astype(np.float64))
    return measured(
        suite, "interval coverage", SHARE, items, statistics, part=part, rows=found.rows, better="neither", note=note
    )


def _by_channel(suite: str, found: _Predictions, items: ItemSet, part: str) -> list[Figure]:
    """Losses and coverage within each channel."""
    channels = [items.ids[row].rpartition("|")[2] for row in found.rows]
    figures = []
    for channel in sorted(set(channels)):
        of_channel = found.at([place for place, name in enumerate(channels) if name == channel])
        named = part_of(part, f"channel={channel}")
        figures += [*_losses(suite, of_channel, items, named), _coverage(suite, of_channel, items, named)]
    return figures


def _ranking(suite: str, found: _Predictions, items: ItemSet, physicians: ItemSet, part: str) -> list[Figure]:
    """Mean rank correlation of the channels of each physician of whom three or more are known."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(found.rows):
        places[items.clusters[row]].append(place)
    by_physician = {
        row: rank_correlation(found.predicted[places[person]], found.true[places[person]])
        for row, person in enumerate(physicians.ids)
        if len(places[person]) >= _LEAST_CHANNELS
    }
    defined = {row: value for row, value in by_physician.items() if not np.isnan(value)}
    if not defined:
        return []
    statistics = means(list(defined.values()))
    return [measured(suite, "rank correlation", RATIO, physicians, statistics, part=part, rows=list(defined))]


def _preferred(suite: str, found: _Predictions, items: ItemSet, timelines: Timelines, part: str) -> list[Figure]:
    """Whether preferred channels score above the others."""
    preferred = {f"{p.hcp_id}|{channel}" for p in timelines.profiles for channel in p.preferred_channels}
    truth = [items.ids[row] in preferred for row in found.rows]
    if not preferred:
        return []
    statistics = np.column_stack([found.predicted, truth])
    return [measured(suite, "AUC of preferred channels", AUC, items, statistics, part=part, rows=found.rows)]
