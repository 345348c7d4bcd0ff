"""Arms in which nothing varies: an error of 0 is no certainty, so the arms are counted and compared exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from ..metrics import Floats


def exact_p_value(outcome: Floats, treated: NDArray[np.bool_], clusters: NDArray[np.intp] | None) -> float:
    """Fisher's exact test that one arm has as many units off the usual value as the other.

    The usual value is that of an arm in which the outcome (n,) is constant. Where there are clusters, they are counted
    rather than units: those with any unit off the value.
    """
    _, off, count = _counted(outcome, treated, clusters)
    table = [[off[arm], count[arm] - off[arm]] for arm in (0, 1)]
    return float(fisher_exact(table).pvalue)


def exact_interval(
    outcome: Floats, treated: NDArray[np.bool_], clusters: NDArray[np.intp] | None, alpha: float
) -> tuple[float, float]:
    """Of the treated arm's mean minus the control's, for an outcome of two values (Newcombe, 1998, method 10)."""
    usual, off, count = _counted(outcome, treated, clusters)
    low, high = confint_proportions_2indep(off[1], count[1], off[0], count[0], method="newcomb", alpha=alpha)
    step = next((float(value) - usual for value in np.unique(outcome) if value != usual), 0.0)
    ends = sorted((float(low) * step, float(high) * step))
    return ends[0], ends[1]


def _counted(
    outcome: Floats, treated: NDArray[np.bool_], clusters: NDArray[np.intp] | None
) -> tuple[float, tuple[int, int], tuple[int, int]]:
    """The usual value; units or clusters off it, and in all, in the control and the treated arm."""
    constant = treated if np.ptp(outcome[treated]) == 0 else ~treated
    usual = float(outcome[constant][0])
    names = np.arange(len(outcome)) if clusters is None else clusters
    off, count = (
        tuple(len(np.unique(names[rows & some])) for rows in (~treated, treated))
        for some in (outcome != usual, np.ones(len(outcome), dtype=np.bool_))
    )
    return usual, (off[0], off[1]), (count[0], count[1])
