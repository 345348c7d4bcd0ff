"""A treatment arm against the control: the difference in means, plain or adjusted for what was known before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from ..metrics import FEW_CLUSTERS, TOO_FEW_CLUSTERS, Estimate, Floats
from .cluster_fit import cluster_fit
from .confidence_sequence import sequence_width
from .covariates import independent_columns
from .exact import exact_interval, exact_p_value
from .robust_fit import RobustFit, robust_fit
from .two_groups import TwoGroups

_NOTHING = 1e-10
"""A standard error below this share of the outcome's spread is rounding."""


@dataclass(frozen=True)
class Difference:
    """Treatment minus control.

    Attributes:
        estimate: with its interval; None ends where there are too few units or nothing varies.
        smaller_arm: independent units (clusters) of the arm that has fewer: how far the interval can be trusted.
        varies: whether the outcome does at all.
        standard_error: robust; None like the interval, and where the arms were compared exactly.
        degrees_of_freedom: of t; None like the standard error.
        p_value: two-sided, of no difference.
        sequential_low: lower end of the interval that holds at every look, for all comparisons of the family together.
        sequential_high: its upper end.
        control_mean: of the control (at the covariates' mean, where adjusted); None without control units.
        uplift: the difference as a share of the control's mean; None where that is not positive.
        uplift_low: its interval by the delta method.
        uplift_high: see uplift_low.
    """

    estimate: Estimate
    smaller_arm: int
    varies: bool = True
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
    def caution(self) -> str:
        """What a reader must know before believing the interval; empty where nothing."""
        if not self.varies:
            return "does not vary"
        if self.estimate.low is None:
            return "too few to say"
        return (
            f"few units or clusters ({self.smaller_arm} in the smaller arm)" if self.smaller_arm < FEW_CLUSTERS else ""
        )

    @property
    def holds_at_any_look(self) -> bool:
        """Whether the sequential interval leaves 0 out."""
        low, high = self.sequential_low, self.sequential_high
        return low is not None and high is not None and (low > 0 or high < 0)


def difference_in_means(
    groups: TwoGroups, covariates: Floats | None = None, *, planned: float, alpha: float = 0.05, family: int = 1
) -> Difference:
    """Compare the groups.

    With covariates (n, c), measured before the treatment, this is CUPED (Deng, Xu, Kohavi & Walker, 2013): the
    difference minus theta times the covariates' chance difference, theta by regression within arms. Where an arm does
    not vary, arms of two values are compared exactly, and nothing is adjusted.

    Args:
        groups: who is compared.
        covariates: without gaps; None: the plain difference. A column that says nothing of its own takes no part.
        planned: independent units (clusters) at which the sequential interval is tuned.
        alpha: 1 - level of the intervals.
        family: how many comparisons share the error of the sequential interval (Bonferroni).
    """
    count = groups.total
    if covariates is not None:
        covariates = covariates[:, independent_columns(covariates, groups.treated.tolist())]
    adjusting = 0 if covariates is None else covariates.shape[1]
    too_few = min(groups.independent) < TOO_FEW_CLUSTERS or count - 2 - adjusting < TOO_FEW_CLUSTERS
    exact = _is_exact(groups)
    if too_few or np.ptp(groups.outcome) == 0 or (exact and covariates is not None):
        return _without_interval(groups)
    if exact and (groups.clusters is None or groups.constant_arms == 2):
        return _exact(groups, alpha)
    fit = _fit(groups, covariates, adjusting)
    value, error = float(fit.coefficients[1]), sqrt(max(0.0, float(fit.covariance[1, 1])))
    reach = float(t.isf(alpha / 2, fit.degrees_of_freedom))
    half = _sequential_reach(count, planned, alpha / family, fit.degrees_of_freedom) * error
    uplift, uplift_low, uplift_high = _uplift(fit, reach)
    return Difference(
        estimate=Estimate(value, value - reach * error, value + reach * error, len(groups.outcome), count),
        smaller_arm=min(groups.independent),
        standard_error=error,
        degrees_of_freedom=fit.degrees_of_freedom,
        p_value=_exact_p_value(groups) if exact else _p_value(value, error, fit.degrees_of_freedom, groups),
        sequential_low=value - half,
        sequential_high=value + half,
        control_mean=float(fit.coefficients[0]),
        uplift=uplift,
        uplift_low=uplift_low,
        uplift_high=uplift_high,
    )


def _without_interval(groups: TwoGroups) -> Difference:
    control = groups.outcome[~groups.treated]
    estimate = Estimate(groups.plain_difference, None, None, len(groups.outcome), groups.total)
    varies = isnan(groups.plain_difference) or bool(np.ptp(groups.outcome) > 0)
    mean = float(control.mean()) if len(control) else None
    return Difference(estimate, min(groups.independent), varies, control_mean=mean)


def _is_exact(groups: TwoGroups) -> bool:
    """Whether an arm does not vary, so that an error of 0 stands for it, and the outcome has two values."""
    return groups.constant_arms > 0 and len(np.unique(groups.outcome)) == 2


def _exact(groups: TwoGroups, alpha: float) -> Difference:
    low, high = exact_interval(groups.outcome, groups.treated, groups.clusters, alpha)
    value = groups.plain_difference
    return Difference(
        estimate=Estimate(value, min(low, value), max(high, value), len(groups.outcome), groups.total),
        smaller_arm=min(groups.independent),
        p_value=_exact_p_value(groups),
        control_mean=float(groups.outcome[~groups.treated].mean()),
    )


def _exact_p_value(groups: TwoGroups) -> float:
    return exact_p_value(groups.outcome, groups.treated, groups.clusters)


def _fit(groups: TwoGroups, covariates: Floats | None, adjusting: int) -> RobustFit:
    design = _design(groups.treated, covariates)
    if groups.clusters is not None:
        return cluster_fit(groups.outcome, design, groups.clusters)
    fit = robust_fit(groups.outcome, design, None)
    return replace(fit, degrees_of_freedom=_welch(groups, fit, adjusting))


def _sequential_reach(count: int, planned: float, alpha: float, freedom: float) -> float:
    """The sequence's width is that of normal errors: widened as t is, lest one look ahead of its time claim more."""
    return sequence_width(count, planned, alpha) * float(t.isf(alpha / 2, freedom) / norm.isf(alpha / 2))


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


def _p_value(value: float, error: float, freedom: float, groups: TwoGroups) -> float:
    spread = float(groups.outcome.std())
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
