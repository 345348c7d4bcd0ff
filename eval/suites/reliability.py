"""Calibration as a suite shows it: error, Brier score and its parts as figures, and the reliability curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import (
    MEAN_ABSOLUTE,
    SHARE,
    Floats,
    brier_decomposition,
    brier_scores,
    calibration_counts,
    clustered_estimate,
    equal_mass_bins,
    means,
    summed_by_cluster,
)
from ..metrics.calibration import BINS
from ..results import Better, Bin, Figure, ItemSet, Reliability, measured, reading

_FEWEST_IN_A_BIN = 30
_WITHIN_BINS = "of the Brier score = reliability - resolution + uncertainty; bins of equal mass"


@dataclass(frozen=True)
class Forecasts:
    """n probabilities and what came out: `items` (n,) are the rows of the item set that they were made of.

    Attributes:
        name: of what, such as `statements claimed`.
        probabilities: (n,).
        outcomes: (n,) 1 where it was so, else 0.
        items: (n,).
    """

    name: str
    probabilities: Floats
    outcomes: Floats
    items: NDArray[np.intp]

    def bins(self) -> NDArray[np.intp]:
        """The bin of each, of equal mass: with few in a bin, most of its distance from the truth is chance."""
        return equal_mass_bins(self.probabilities, max(1, min(BINS, len(self.probabilities) // _FEWEST_IN_A_BIN)))


def calibration_figures(suite: str, item_set: ItemSet, forecasts: Forecasts) -> list[Figure]:
    """Expected calibration error, Brier score and its parts; none where there are no forecasts."""
    count, name = len(forecasts.probabilities), forecasts.name
    if not count:
        return []
    bins = forecasts.bins()
    gaps = calibration_counts(forecasts.probabilities, forecasts.outcomes, bins)
    losses = means(brier_scores(forecasts.probabilities, forecasts.outcomes))
    rows, number = np.unique(forecasts.items, return_inverse=True)
    note = f"over {count:,} probabilities, in {bins.max() + 1} bins; chance alone makes a calibration error more than 0"
    figures = [
        measured(
            suite,
            f"{metric} of {name}",
            formula,
            item_set,
            summed_by_cluster(statistics, number, len(rows)),
            rows=rows.tolist(),
            better="lower",
            note=note,
        )
        for metric, formula, statistics in (("calibration error", MEAN_ABSOLUTE, gaps), ("Brier score", SHARE, losses))
    ]
    parts = brier_decomposition(forecasts.probabilities, forecasts.outcomes, bins)
    murphy: tuple[tuple[str, float, Better], ...] = (
        ("reliability", parts.reliability, "lower"),
        ("resolution", parts.resolution, "higher"),
        ("uncertainty", parts.uncertainty, "neither"),
    )
    return figures + [
        reading(suite, f"Brier {part} of {name}", value, items=count, better=better, note=_WITHIN_BINS)
        for part, value, better in murphy
    ]


def reliability_curve(suite: str, item_set: ItemSet, forecasts: Forecasts) -> Reliability:
    """Bins of equal mass, each with the share that came out and its clustered interval."""
    bins = forecasts.bins()
    curve = []
    for number in range(int(bins.max(initial=-1)) + 1):
        rows = np.flatnonzero(bins == number)
        clusters = [item_set.clusters[item] for item in forecasts.items[rows]]
        observed = clustered_estimate(SHARE, means(forecasts.outcomes[rows]), clusters)
        predicted = float(forecasts.probabilities[rows].mean())
        curve.append(Bin(predicted, observed.value, observed.low, observed.high, len(rows)))
    return Reliability(suite, forecasts.name, tuple(curve))
