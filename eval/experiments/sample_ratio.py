"""Are the arms as large as planned? If not, something chose who is in them, and no difference can be trusted.

Chi-square of the counts against the planned shares (Fabijan et al., 2019); p < 0.001 is a mismatch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import chisquare

THRESHOLD = 0.001


@dataclass(frozen=True)
class SampleRatio:
    """The check of arm sizes.

    Attributes:
        counted: what was counted: units, or clusters where those were assigned whole.
        against: where the expected shares come from.
        observed: counts by arm.
        expected: counts by arm, had the shares been met.
        p_value: of so large a deviation by chance; None with a single arm.
    """

    counted: str
    against: str
    observed: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float | None

    @property
    def mismatch(self) -> bool:
        """Whether the arms are not the sizes planned."""
        return self.p_value is not None and self.p_value < THRESHOLD


def check_sample_ratio(
    observed: Mapping[str, int], weights: Mapping[str, float], *, counted: str, against: str
) -> SampleRatio:
    """Compare counts with what the weights (shares, or counts planned) lead one to expect.

    Args:
        observed: counts by arm.
        weights: of the same arms, in any unit.
        counted: as in SampleRatio.
        against: as in SampleRatio.
    """
    total, whole = sum(observed.values()), sum(weights[arm] for arm in observed)
    expected = {arm: total * weights[arm] / whole for arm in observed}
    p_value = None
    if len(observed) > 1:
        p_value = float(chisquare(list(observed.values()), list(expected.values())).pvalue)
    return SampleRatio(counted, against, dict(observed), expected, p_value)
