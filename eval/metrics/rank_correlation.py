"""Whether two scores order the same things alike."""

from __future__ import annotations

import numpy as np

from .formulas import Floats


def rank_correlation(found: Floats, true: Floats) -> float:
    """Spearman's rho of two (n,) arrays, in [-1, 1]; NaN where either is constant, or n is below 2."""
    from scipy.stats import spearmanr

    if len(found) < 2 or np.ptp(found) == 0 or np.ptp(true) == 0:
        return float("nan")
    return float(spearmanr(found, true).statistic)
