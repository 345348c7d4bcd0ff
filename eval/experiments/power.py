"""What an experiment can find: power, the smallest effect it is likely to find, and the sample it takes.

Two means are compared by a two-sided t test whose variance is inflated by the design effect (Donner & Klar, 2000), with
the degrees of freedom of the readout (Welch-Satterthwaite, of clusters where there are any); non-central t by
statsmodels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, isnan, sqrt

from scipy.optimize import brentq
from statsmodels.stats.power import ttest_power

from .baseline import Baseline

_MOST_UNITS = 10**9


@dataclass(frozen=True)
class TwoArms:
    """A treatment against a control.

    Attributes:
        control_units: how many.
        treated_units: how many.
        randomised: how many units, or clusters where those are assigned whole, both arms have together.
        design_effect: variance inflation by clusters; 1 where there are none.
        baseline: the outcome without treatment.
        alpha: level of the two-sided test.
        independent: how many units (or clusters, fewer where they are unequal) bear the error of the control and of the
            treated; None: the randomised, shared as the units are.
    """

    control_units: float
    treated_units: float
    randomised: float
    design_effect: float
    baseline: Baseline
    alpha: float
    independent: tuple[float, float] | None = None

    def power(self, effect: float) -> float | None:
        """The chance to find the effect; None where no degrees of freedom are left."""
        bearing = self._bearing
        if min(bearing) <= 1:
            return None
        deviations = (self.baseline.standard_deviation, self.baseline.treated_standard_deviation(effect))
        units = (self.control_units, self.treated_units)
        spreads = [deviation**2 / count for deviation, count in zip(deviations, units, strict=True)]
        lost = sum(spread**2 / (count - 1) for spread, count in zip(spreads, bearing, strict=True))
        freedom = sum(spreads) ** 2 / lost
        found = float(ttest_power(abs(effect) / sqrt(self.design_effect * sum(spreads)), 1, self.alpha, freedom))
        return 1.0 if isnan(found) else found  # scipy's non-central t underflows far out, where the power is 1

    @property
    def _bearing(self) -> tuple[float, float]:
        if self.independent is not None:
            return self.independent
        each = self.randomised / (self.control_units + self.treated_units)
        return self.control_units * each, self.treated_units * each

    def minimum_detectable_effect(self, power: float) -> float | None:
        """The smallest gain found with this power; None where no gain is."""
        if not self.control_units or not self.treated_units or min(self._bearing) <= 1:
            return None
        high = self.baseline.largest_effect or self.baseline.standard_deviation
        while _reached(self, high, power) < 0:
            if self.baseline.largest_effect is not None:
                return None
            high *= 2
        return float(brentq(lambda effect: _reached(self, effect, power), 0.0, high))

    def needed(self, effect: float, power: float) -> int | None:
        """How many must be randomised (units, or clusters of the same sizes) to find the effect with this power.

        None where not even a thousand million would do.
        """
        size = self.randomised
        units = (self.control_units + self.treated_units) / size
        control, treated = self._bearing

        def enough(count: int) -> bool:
            scaled = replace(
                self,
                control_units=self.control_units * count / size,
                treated_units=self.treated_units * count / size,
                randomised=count,
                independent=(control * count / size, treated * count / size),
            )
            return (scaled.power(effect) or 0.0) >= power

        return _smallest(enough, ceil(_MOST_UNITS / units))


def _reached(arms: TwoArms, effect: float, power: float) -> float:
    return (arms.power(effect) or 0.0) - power


def _smallest(enough: Callable[[int], bool], most: int) -> int | None:
    """The smallest count that is enough, by doubling and halving."""
    low, high = 2, 4
    while not enough(high):
        if high >= most:
            return None
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
