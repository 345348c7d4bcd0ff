"""Calibration as a suite shows it: error, Brier score and its parts as figures, and the reliability curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import (
    SHARE,
    Floats,
    brier_decomposition,
    brier_scores,
    calibration_error,
    calibration_error_by_chance,
    clustered_estimate,
    equal_mass_bins,
    means,
    summed_by_cluster,
)
from ..metrics.calibration import BINS
from ..results import Better, Bin, Figure, ItemSet, Reliability, measured, reading

_FEWEST_IN_A_BIN = 30
_OFTEN = 0.95
_WITHIN_BINS = "of the Brier score = reliability - resolution + uncertainty; bins of equal mass"


@dataclass(frozen=True)
class Forecasts:
    """n probabilities and what came out: `items` (n,) are the rows of the item set that they were made of.

    Attributes:
        name: of what, such as `statements claimed`.
        probabilities: (n,).
        outcomes: (n,) 1 where it was so, else 0.
        items: (n,).
        most_bins: how many bins there are at most.
    """

    name: str
    probabilities: Floats
    outcomes: Floats
    items: NDArray[np.intp]
    most_bins: int = BINS

    @classmethod
    def of(cls, name: str, rows: Iterable[tuple[float, bool, int]]) -> Forecasts:
        """From a probability, whether it was so, and the row of the item set, of each."""
        probabilities, outcomes, items = np.asarray(list(rows), dtype=np.float64).reshape(-1, 3).T
        return cls(name, probabilities, outcomes, items.astype(np.intp))

    def bins(self) -> NDArray[np.intp]:
        """The bin of each, of equal mass: with few in a bin, most of its distance from the truth is chance."""
        return equal_mass_bins(
            self.probabilities, max(1, min(self.most_bins, len(self.probabilities) // _FEWEST_IN_A_BIN))
        )


def calibration_figures(suite: str, item_set: ItemSet, forecasts: Forecasts) -> list[Figure]:
    """Expected calibration error, Brier score and its parts; none where there are no forecasts."""
    count, name = len(forecasts.probabilities), forecasts.name
    if not count:
        return []
    losses = means(brier_scores(forecasts.probabilities, forecasts.outcomes))
    rows, number = np.unique(forecasts.items, return_inverse=True)
    score = measured(
        suite,
        f"Brier score of {name}",
        SHARE,
        item_set,
        summed_by_cluster(losses, number, len(rows)),
        rows=rows.tolist(),
        better="lower",
        note=f"over {count:,} probabilities",
    )
    parts = brier_decomposition(forecasts.probabilities, forecasts.outcomes, forecasts.bins())
    murphy: tuple[tuple[str, float, Better], ...] = (
        ("reliability", parts.reliability, "lower"),
        ("resolution", parts.resolution, "higher"),
        ("uncertainty", parts.uncertainty, "neither"),
    )
    return [*calibration_errors(suite, forecasts), score] + [
        reading(suite, f"Brier {part} of {name}", value, items=count, better=better, note=_WITHIN_BINS)
        for part, value, better in murphy
    ]


def calibration_errors(suite: str, forecasts: Forecasts) -> list[Figure]:
    """The expected calibration error of some forecasts, and the one that chance alone would give them.

    Both are readings: an error in bins is larger than the true one, by how much depends on how many are in a bin, so
    draws of a bootstrap say nothing of it.
    """
    probabilities, bins, name = forecasts.probabilities, forecasts.bins(), forecasts.name
    error = calibration_error(probabilities, forecasts.outcomes, bins)
    by_chance = calibration_error_by_chance(probabilities, bins)
    most, count = float(np.quantile(by_chance, _OFTEN)), len(probabilities)
    binned = f"over {count:,} probabilities, in {bins.max() + 1} bins of equal mass"
    chance = f"a perfectly calibrated model shows up to {most:.3f} by chance (95th percentile at this n)"
    drawn = f"95th percentile where every outcome is drawn by its own probability; on average {by_chance.mean():.3f}"
    return [
        reading(suite, f"calibration error of {name}", error, items=count, better="lower", note=f"{binned}; {chance}"),
        reading(suite, f"calibration error by chance of {name}", most, items=count, note=f"{binned}; {drawn}"),
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
