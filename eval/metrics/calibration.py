"""Whether probabilities mean what they say: expected calibration error, and what the Brier score is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .formulas import Floats

BINS = 15
DRAWS = 1000


def equal_mass_bins(probabilities: Floats, count: int = BINS) -> NDArray[np.intp]:
    """The bin of each probability (n,): at most `count` bins of about as many each, equal probabilities in one bin.

    Bins of equal mass have less bias than those of equal width (Nixon et al., 2019).
    """
    if not len(probabilities):
        return np.empty(0, dtype=np.intp)
    edges = np.quantile(probabilities, np.arange(1, count) / count, method="inverted_cdf")
    return np.asarray(np.unique(np.searchsorted(edges, probabilities, side="left"), return_inverse=True)[1])


def calibration_error(probabilities: Floats, outcomes: Floats, bins: NDArray[np.intp]) -> float:
    """Expected calibration error: bins' |mean probability - share of outcomes|, weighted by what is in them.

    Naeini et al., 2015. Raises ValueError where there are no forecasts.
    """
    if not len(probabilities):
        raise ValueError("no forecasts: there is no calibration error")
    return float(np.abs(np.bincount(bins, probabilities - outcomes)).sum() / len(probabilities))


def calibration_error_by_chance(
    probabilities: Floats, bins: NDArray[np.intp], *, draws: int = DRAWS, seed: int = 0
) -> Floats:
    """Calibration errors (draws,) of probabilities that are right: each outcome is drawn by its own probability.

    Bins of finitely many outcomes have an error even then (Vaicenavicius et al., 2019). Outcomes are drawn each for
    itself; where those of one text go together, chance makes more.
    """
    random = np.random.default_rng(seed)
    return np.asarray(
        [
            calibration_error(
                probabilities, (random.random(len(probabilities)) < probabilities).astype(np.float64), bins
            )
            for _ in range(draws)
        ]
    )


@dataclass(frozen=True)
class BrierDecomposition:
    """Brier score = reliability - resolution + uncertainty (Murphy, 1973).

    Resolution is the generalised one of Stephenson et al. (2008), which takes in what differs within bins: with it the
    sum is exact for bins of any width.

    Attributes:
        reliability: mean squared distance of probabilities from what came out, over bins; 0 is best.
        resolution: how far the bins tell what happens from what does not; more is better.
        uncertainty: of the outcomes themselves; no forecast changes it.
    """

    reliability: float
    resolution: float
    uncertainty: float


def brier_decomposition(probabilities: Floats, outcomes: Floats, bins: NDArray[np.intp]) -> BrierDecomposition:
    """The parts of the Brier score of n forecasts; raises ValueError where there are none."""
    if not len(probabilities):
        raise ValueError("no forecasts: there is nothing to decompose")
    mass = np.bincount(bins)
    predicted = np.bincount(bins, probabilities) / mass
    observed = np.bincount(bins, outcomes) / mass
    base_rate = float(np.mean(outcomes))
    reliability = float(np.average((predicted - observed) ** 2, weights=mass))
    uncertainty = base_rate * (1 - base_rate)
    score = float(np.mean((probabilities - outcomes) ** 2))
    return BrierDecomposition(reliability, reliability + uncertainty - score, uncertainty)
