"""P-values of many figures looked at together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values corrected for their number (Holm, 1979); None stays None and does not count.

    The same as `statsmodels.stats.multitest.multipletests`, which collects the whole process's garbage at each call:
    up to a second in a large process.
    """
    known = np.array([p_value for p_value in p_values if p_value is not None], dtype=np.float64)
    order = np.argsort(known, kind="stable")
    corrected = np.empty(len(known))
    corrected[order] = np.minimum(np.maximum.accumulate(known[order] * np.arange(len(known), 0, -1)), 1.0)
    each = iter(corrected.tolist())
    return [None if p_value is None else next(each) for p_value in p_values]
