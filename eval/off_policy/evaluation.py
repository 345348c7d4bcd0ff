"""What a policy would have earned, told from the log of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import InputError
from ..datasets import BanditLog
from ..metrics import Floats, means
from .diagnostics import Diagnostics, diagnose
from .estimators import (
    direct_method,
    doubly_robust,
    importance_weights,
    inverse_propensity,
    self_normalised,
    switch_doubly_robust,
    switch_threshold,
)
from .reward_model import cross_fitted_rewards
from .target_policy import TargetPolicy
from .verdict import judged

LOGGED, IPS, SNIPS, DIRECT, DOUBLY_ROBUST, SWITCH = (
    "logged value",
    "IPS value",
    "SNIPS value",
    "direct method value",
    "doubly robust value",
    "Switch-DR value",
)
ESTIMATORS: Mapping[str, str] = {
    LOGGED: "mean reward of the policy that wrote the log",
    IPS: "inverse propensity scoring (Horvitz-Thompson)",
    SNIPS: "self-normalised inverse propensity scoring",
    DIRECT: "cross-fitted reward model alone: as wrong as that model, of which its interval knows nothing",
    DOUBLY_ROBUST: "reward model corrected by inverse propensity scoring",
    SWITCH: "doubly robust, with the reward model alone where weights are large",
}
"""Every figure of an evaluation, and what it is."""


class RefusedLogError(InputError):
    """The log cannot tell what the policy would have earned."""


@dataclass(frozen=True, eq=False)
class PolicyEvaluation:
    """Estimates of one policy from one log.

    Attributes:
        policy: its name.
        statistics: by estimator, (n, 2) of the log's rows for `RATIO`.
        diagnostics: of the weights.
        threshold: of Switch-DR.
        warnings: what a reader must know.
    """

    policy: str
    statistics: Mapping[str, Floats]
    diagnostics: Diagnostics
    threshold: float
    warnings: tuple[str, ...]


def evaluate_policy(log: BanditLog, policy: TargetPolicy, *, seed: int = 0) -> PolicyEvaluation:
    """Estimate what the policy would have earned in the log's rows; the seed deals clusters to folds.

    Raises:
        RefusedLogError: the log cannot tell; the message says why and what to do.
    """
    diagnostics = diagnose(log, policy)
    verdict = judged(diagnostics)
    if verdict.refusals:
        raise RefusedLogError(
            f"log {log.name!r} cannot tell what policy {policy.name!r} would have earned: {'; '.join(verdict.refusals)}"
        )
    weights, rewards = importance_weights(log, policy), log.rewards
    expected = cross_fitted_rewards(log, policy, seed=seed)
    threshold = switch_threshold(weights, rewards, expected, log.clusters)
    statistics = {
        LOGGED: means(rewards),
        IPS: inverse_propensity(weights, rewards),
        SNIPS: self_normalised(weights, rewards),
        DIRECT: direct_method(expected),
        DOUBLY_ROBUST: doubly_robust(weights, rewards, expected),
        SWITCH: switch_doubly_robust(weights, rewards, expected, threshold),
    }
    return PolicyEvaluation(policy.name, statistics, diagnostics, threshold, verdict.warnings)
