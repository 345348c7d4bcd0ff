"""Many questions asked of one experiment."""

from __future__ import annotations

from collections.abc import Sequence

from statsmodels.stats.multitest import multipletests


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values corrected for their number (Holm, 1979); None stays None and does not count."""
    known = [p_value for p_value in p_values if p_value is not None]
    if len(known) < 2:
        return list(p_values)
    corrected = iter(multipletests(known, method="holm")[1])
    return [None if p_value is None else float(next(corrected)) for p_value in p_values]
