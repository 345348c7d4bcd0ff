"""What a policy would have earned: five estimators, each as statistics of the rows for `RATIO`.

With w the weight of a row (target over logging probability of its action), r its reward, q the expected reward of its
action and v that of the target policy's choices:

    inverse propensity scoring       mean of w r                  Horvitz & Thompson (1952)
    self-normalised                  sum of w r / sum of w        Swaminathan & Joachims (2015)
    direct method                    mean of v
    doubly robust                    mean of v + w (r - q)        Dudík, Langford & Li (2011)
    Switch-DR                        doubly robust where w <= tau, else v    Wang, Agarwal & Dudík (2017)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datasets import BanditLog
from ..metrics import Floats, means
from .reward_model import ExpectedRewards
from .target_policy import TargetPolicy

THRESHOLDS = 25
"""How many thresholds Switch-DR chooses from, evenly spaced in logarithm from the smallest weight to the largest."""


def importance_weights(log: BanditLog, policy: TargetPolicy) -> Floats:
    """Weights (n,): how much likelier the policy would have chosen what was chosen."""
    return policy.of_logged(log) / log.propensities


def inverse_propensity(weights: Floats, rewards: Floats) -> Floats:
    """Statistics (n, 2) of inverse propensity scoring: unbiased where the log could choose what the policy chooses."""
    return means(weights * rewards)


def self_normalised(weights: Floats, rewards: Floats) -> Floats:
    """Statistics (n, 2) of self-normalised weighting: little bias, less variance, never beyond the rewards' range."""
    return np.column_stack([weights * rewards, weights])


def direct_method(expected: ExpectedRewards) -> Floats:
    """Statistics (n, 2) of the direct method: no weights, but as wrong as the reward model."""
    return means(expected.of_target)


def doubly_robust(weights: Floats, rewards: Floats, expected: ExpectedRewards) -> Floats:
    """Statistics (n, 2) of the doubly robust estimator: right where propensities or reward model are."""
    return means(expected.of_target + weights * (rewards - expected.of_logged))


def switch_doubly_robust(weights: Floats, rewards: Floats, expected: ExpectedRewards, threshold: float) -> Floats:
    """Statistics (n, 2) of Switch-DR: rows weighing more than the threshold rest on the reward model alone."""
    return doubly_robust(np.where(weights <= threshold, weights, 0.0), rewards, expected)


def switch_threshold(weights: Floats, rewards: Floats, expected: ExpectedRewards, clusters: NDArray[np.intp]) -> float:
    """The threshold of the smallest bound on the mean squared error (Wang, Agarwal & Dudík, 2017, section 4).

    Variance is that of a mean over clusters (n,); bias is at most the mean weight above the threshold times the largest
    expected reward, in place of the paper's known bound on expected rewards.
    """
    positive = weights[weights > 0]
    if not len(positive):
        return 0.0
    candidates = np.geomspace(positive.min(), positive.max(), THRESHOLDS)
    candidates[-1] = positive.max()
    errors = [_squared_error(weights, rewards, expected, clusters, threshold) for threshold in candidates]
    return float(candidates[np.argmin(errors)])


def _squared_error(
    weights: Floats, rewards: Floats, expected: ExpectedRewards, clusters: NDArray[np.intp], threshold: float
) -> float:
    rows = switch_doubly_robust(weights, rewards, expected, threshold)[:, 0]
    bias = float(np.where(weights > threshold, weights, 0.0).mean()) * expected.largest
    return clustered_variance(rows, clusters) + bias**2


def clustered_variance(values: Floats, clusters: NDArray[np.intp]) -> float:
    """Variance of the mean of values (n,) of clusters (n,), at least two (Liang & Zeger, 1986)."""
    count = np.count_nonzero(np.bincount(clusters))
    sums = np.bincount(clusters, values - values.mean())
    return float((sums**2).sum() / len(values) ** 2 * count / (count - 1))
