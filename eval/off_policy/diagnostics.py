"""How much a log can tell about a policy, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from ..datasets import BanditLog
from ..metrics import TOO_FEW_CLUSTERS, Floats
from .estimators import clustered_variance, importance_weights
from .target_policy import TargetPolicy

TOP_SHARE = 0.01
_LEAST_ROWS = 30
"""Rows of a position below which its propensities cannot be checked."""


@dataclass(frozen=True)
class MeanTest:
    """A mean against what it must be: 1 where propensities are right and every action could be chosen.

    `z` is the distance in clustered standard errors; infinite where the mean has none but is off.
    """

    mean: float
    expected: float
    z: float

    @property
    def off_by(self) -> float:
        """The distance relative to what is expected."""
        return abs(self.mean / self.expected - 1) if self.expected else inf


@dataclass(frozen=True)
class Diagnostics:
    """What the weights of a log say of an estimate.

    Attributes:
        rows: of the log.
        clusters: of the log.
        effective_rows: Kish's effective sample size of the weights, (sum of w)² / sum of w².
        effective_clusters: the same of the clusters' summed weights: how many physicians carry the estimate.
        effective_rewards: the same of weight times reward, over the rewarded rows: how many carry the estimate.
        rewarded: rows with a reward other than 0.
        mean_weight: tested against 1 less what is never logged.
        largest_weight: of any row.
        top_share: share of all weight in the heaviest 1 % of the rows.
        never_logged: the policy's probability, on average, of actions that the log never shows at the row's position.
        never_logged_actions: which these are.
        largest_reward: of any row, without its sign.
        implied_actions: by position, the mean of 1 / propensity over the number of actions logged there, against 1;
            positions with too few rows or clusters to tell are left out.
        knows_candidates: whether the log says which actions could be chosen; else there may be more than it shows.
    """

    rows: int
    clusters: int
    effective_rows: float
    effective_clusters: float
    effective_rewards: float
    rewarded: int
    mean_weight: MeanTest
    largest_weight: float
    top_share: float
    never_logged: float
    never_logged_actions: tuple[str, ...]
    largest_reward: float
    implied_actions: dict[str, MeanTest]
    knows_candidates: bool


def diagnose(log: BanditLog, policy: TargetPolicy) -> Diagnostics:
    """How much the log can tell about the policy."""
    weights = importance_weights(log, policy)
    shown = _shown(log, policy)
    never_logged, actions = _never_logged(log, policy, shown)
    heaviest = max(1, round(TOP_SHARE * len(log)))
    total = float(weights.sum())
    return Diagnostics(
        rows=len(log),
        clusters=int(np.count_nonzero(np.bincount(log.clusters))),
        effective_rows=effective_size(weights),
        effective_clusters=effective_size(np.bincount(log.clusters, weights).astype(np.float64)),
        effective_rewards=effective_size(weights * log.rewards),
        rewarded=int(np.count_nonzero(log.rewards)),
        mean_weight=_mean_test(weights, log.clusters, 1 - never_logged),
        largest_weight=float(weights.max()),
        top_share=float(np.partition(weights, -heaviest)[-heaviest:].sum()) / total if total else 0.0,
        never_logged=never_logged,
        never_logged_actions=actions,
        largest_reward=float(np.abs(log.rewards).max()),
        implied_actions=_implied_actions(log, shown),
        knows_candidates=log.candidates is not None,
    )


def effective_size(weights: Floats) -> float:
    """How many rows of equal weight would tell as much (Kish, 1965); 0 where all weights are 0."""
    squares = float((weights**2).sum())
    return float(np.abs(weights).sum()) ** 2 / squares if squares else 0.0


def _shown(log: BanditLog, policy: TargetPolicy) -> NDArray[np.bool_]:
    """(positions, A) whether the log shows an action at a position."""
    shown = np.zeros((len(log.position_names), len(policy.action_names)), dtype=bool)
    shown[log.positions, log.actions] = True
    return shown


def _never_logged(log: BanditLog, policy: TargetPolicy, shown: NDArray[np.bool_]) -> tuple[float, tuple[str, ...]]:
    count = len(log.position_names)
    pairs, rows = np.unique(policy.situations * count + log.positions, return_counts=True)
    lost = policy.probabilities[pairs // count] * ~shown[pairs % count]
    actions = np.flatnonzero(lost.any(axis=0))
    return float(rows @ lost.sum(axis=1)) / len(log), tuple(policy.action_names[action] for action in actions)


def _implied_actions(log: BanditLog, shown: NDArray[np.bool_]) -> dict[str, MeanTest]:
    """By position: 1 / propensity is, on average, the number of actions that could be chosen."""
    number = shown.sum(axis=1)[log.positions].astype(np.float64)
    if log.candidate_sets is not None and log.candidates is not None:
        allowed = log.candidate_sets.astype(np.intp) @ shown[:, : len(log.action_names)].T
        number = allowed[log.candidates, log.positions].astype(np.float64)
    ratio = 1 / (log.propensities * number)
    return {
        name: _mean_test(ratio[rows], log.clusters[rows], 1.0)
        for position, name in enumerate(log.position_names)
        if _can_tell(log.clusters[rows := np.flatnonzero(log.positions == position)])
    }


def _can_tell(clusters: NDArray[np.intp]) -> bool:
    """Whether so many rows of so many clusters can show that a mean is off."""
    return len(clusters) >= _LEAST_ROWS and len(np.unique(clusters)) >= TOO_FEW_CLUSTERS


def _mean_test(values: Floats, clusters: NDArray[np.intp], expected: float) -> MeanTest:
    mean = float(values.mean())
    distance = mean - expected
    if abs(distance) < 1e-9 * max(1.0, expected):
        return MeanTest(mean, expected, 0.0)
    several = np.count_nonzero(np.bincount(clusters)) > 1
    error = sqrt(clustered_variance(values, clusters)) if several else 0.0
    return MeanTest(mean, expected, distance / error if error > 0 else np.copysign(inf, distance))
