"""A treatment arm against the control: the difference in means, plain or adjusted for what was known before."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from ..metrics import TOO_FEW_CLUSTERS, Estimate, Floats
from .confidence_sequence import sequence_width
from .covariates import independent_columns
from .robust_fit import RobustFit, robust_fit

_NOTHING = 1e-10
"""A standard error below this share of the outcome's spread is rounding."""


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
    def plain_difference(self) -> float:
        """Mean of the treated minus mean of the control; NaN where one has no units."""
        if self.treated.all() or not self.treated.any():
            return nan
        return float(self.outcome[self.treated].mean() - self.outcome[~self.treated].mean())


@dataclass(frozen=True)
class Difference:
    """Treatment minus control.

    Attributes:
        estimate: with its interval; None ends where there are too few units or nothing varies.
        standard_error: robust; None like the interval.
        degrees_of_freedom: of t.
        p_value: two-sided, of no difference.
        sequential_low: lower end of the interval that holds at every look.
        sequential_high: its upper end.
        control_mean: of the control (at the covariates' mean, where adjusted); None without control units.
        uplift: the difference as a share of the control's mean; None where that is not positive.
        uplift_low: its interval by the delta method.
        uplift_high: see uplift_low.
    """

    estimate: Estimate
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    p_value: float | None = None
    sequential_low: float | None = None
    sequential_high: float | None = None
    control_mean: float | None = None
    uplift: float | None = None
    uplift_low: float | None = None
    uplift_high: float | None = None

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval."""
        low, high = self.estimate.low, self.estimate.high
        return None if low is None or high is None else (high - low) / 2

    @property
    def holds_at_any_look(self) -> bool:
        """Whether the sequential interval leaves 0 out."""
        low, high = self.sequential_low, self.sequential_high
        return low is not None and high is not None and (low > 0 or high < 0)


def difference_in_means(
    groups: TwoGroups, covariates: Floats | None = None, *, planned: float, alpha: float = 0.05
) -> Difference:
    """Compare the groups.

    With covariates (n, c), measured before the treatment, this is CUPED (Deng, Xu, Kohavi & Walker, 2013): the
    difference minus theta times the covariates' chance difference, theta by regression within arms.

    Args:
        groups: who is compared.
        covariates: without gaps; None: the plain difference. A column that says nothing of its own takes no part.
        planned: independent units (clusters) at which the sequential interval is tuned.
        alpha: 1 - level of the intervals.
    """
    count = groups.total
    if covariates is not None:
        covariates = covariates[:, independent_columns(covariates, groups.treated.tolist())]
    adjusting = 0 if covariates is None else covariates.shape[1]
    too_few = min(groups.independent) < TOO_FEW_CLUSTERS or count - 2 - adjusting < TOO_FEW_CLUSTERS
    if too_few or _varies_nowhere(groups):
        return _too_few(groups)
    fit = robust_fit(groups.outcome, _design(groups.treated, covariates), groups.clusters)
    value, error = float(fit.coefficients[1]), sqrt(max(0.0, float(fit.covariance[1, 1])))
    freedom = fit.degrees_of_freedom if groups.clusters is not None else _welch(groups, fit, adjusting)
    reach = float(t.isf(alpha / 2, freedom))
    half = sequence_width(count, planned, alpha) * error
    uplift, uplift_low, uplift_high = _uplift(fit, reach)
    return Difference(
        estimate=Estimate(value, value - reach * error, value + reach * error, len(groups.outcome), count),
        standard_error=error,
        degrees_of_freedom=freedom,
        p_value=_p_value(value, error, freedom, float(groups.outcome.std())),
        sequential_low=value - half,
        sequential_high=value + half,
        control_mean=float(fit.coefficients[0]),
        uplift=uplift,
        uplift_low=uplift_low,
        uplift_high=uplift_high,
    )


def _too_few(groups: TwoGroups) -> Difference:
    control = groups.outcome[~groups.treated]
    estimate = Estimate(groups.plain_difference, None, None, len(groups.outcome), groups.total)
    return Difference(estimate, control_mean=float(control.mean()) if len(control) else None)


def _varies_nowhere(groups: TwoGroups) -> bool:
    return all(np.ptp(groups.outcome[rows]) == 0 for rows in (groups.treated, ~groups.treated))


def _design(treated: NDArray[np.bool_], covariates: Floats | None) -> Floats:
    columns = [np.ones(len(treated)), treated.astype(np.float64)]
    if covariates is not None:
        columns.extend(((covariates - covariates.mean(axis=0)) / covariates.std(axis=0)).T)
    return np.column_stack(columns)


def _welch(groups: TwoGroups, fit: RobustFit, adjusting: int) -> float:
    """Welch's degrees of freedom from the residuals of each arm, less those that the covariates took."""
    residuals = (fit.residuals[groups.treated], fit.residuals[~groups.treated])
    spreads = [float((of_arm**2).sum()) / (len(of_arm) - 1) / len(of_arm) for of_arm in residuals]
    lost = sum(spread**2 / (len(of_arm) - 1) for spread, of_arm in zip(spreads, residuals, strict=True))
    return max(1.0, sum(spreads) ** 2 / lost - adjusting) if lost > 0 else fit.degrees_of_freedom


def _p_value(value: float, error: float, freedom: float, spread: float) -> float:
    if error <= _NOTHING * spread:
        return 0.0 if abs(value) > _NOTHING * spread else 1.0
    return float(2 * t.sf(abs(value) / error, freedom))


def _uplift(fit: RobustFit, reach: float) -> tuple[float, float, float] | tuple[None, None, None]:
    mean, value = float(fit.coefficients[0]), float(fit.coefficients[1])
    if mean <= 0:
        return None, None, None
    uplift = value / mean
    gradient = np.asarray([-uplift, 1.0]) / mean
    half = reach * sqrt(max(0.0, float(gradient @ fit.covariance[:2, :2] @ gradient)))
    return uplift, uplift - half, uplift + half
