"""Whether the probabilities of barriers mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..datasets import GoldProfile
from ..results import Figure, ItemSet, Reliability
from .reliability import Forecasts, calibration_figures, reliability_curve
from .timeline_runs import TimelineRun

_NAME = "barriers listed"


@dataclass(frozen=True)
class BarrierCalibration:
    """Figures and the curve over the barriers that the ledger of a run lists, whatever their state."""

    figures: tuple[Figure, ...]
    curves: tuple[Reliability, ...]


def barrier_calibration(
    suite: str, run: TimelineRun, gold: Sequence[GoldProfile], items: ItemSet
) -> BarrierCalibration:
    """The probability of each listed barrier against whether gold has it open; what is not listed is missed recall.

    `items` are the gold profiles, in their order.
    """
    objects = run.inspected()
    listed = [
        (row, entry["probability"], entry["topic"] in profile.barriers_open)
        for row, profile in enumerate(gold)
        for entry in (objects[profile.pair]["barriers"] if profile.pair in objects else ())
    ]
    if not listed:
        return BarrierCalibration((), ())
    rows, probabilities, is_open = (np.array(column) for column in zip(*listed, strict=True))
    forecasts = Forecasts(_NAME, probabilities, is_open.astype(np.float64), rows)
    figures = [replace(figure, part=run.part) for figure in calibration_figures(suite, items, forecasts)]
    curve = reliability_curve(suite, items, replace(forecasts, name=f"{_NAME}, {run.named}"))
    return BarrierCalibration(tuple(figures), (curve,))
