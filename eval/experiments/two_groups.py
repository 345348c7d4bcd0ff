"""Units of a treatment arm and of the control."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats


@dataclass(frozen=True)
class TwoGroups:
    """Units of a treatment arm and of the control whose outcome was measured.

    Attributes:
        outcome: (n,).
        treated: (n,) whether in the treatment arm.
        clusters: (n,) numbers of what was assigned whole; None: units were assigned one by one.
    """

    outcome: Floats
    treated: NDArray[np.bool_]
    clusters: NDArray[np.intp] | None = None

    @property
    def independent(self) -> tuple[int, int]:
        """How many units (clusters, where there are any) the control and the treatment arm have."""
        return self._independent(~self.treated), self._independent(self.treated)

    @property
    def total(self) -> int:
        """Independent units (clusters) in both together."""
        return self._independent(np.ones(len(self.treated), dtype=np.bool_))

    def _independent(self, rows: NDArray[np.bool_]) -> int:
        return int(rows.sum()) if self.clusters is None else len(np.unique(self.clusters[rows]))

    @property
    def constant_arms(self) -> int:
        """In how many of the two the outcome does not vary."""
        arms = [self.outcome[rows] for rows in (self.treated, ~self.treated)]
        return sum(bool(len(arm) and np.ptp(arm) == 0) for arm in arms)

    @property
    def plain_difference(self) -> float:
        """Mean of the treated minus mean of the control; NaN where one has no units."""
        if self.treated.all() or not self.treated.any():
            return nan
        return float(self.outcome[self.treated].mean() - self.outcome[~self.treated].mean())
