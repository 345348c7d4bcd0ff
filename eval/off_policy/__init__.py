"""What a matching policy would have earned, told from logs of another policy that chose at random."""

from .diagnostics import Diagnostics, MeanTest, diagnose, effective_size
from .estimators import (
    clustered_variance,
    direct_method,
    doubly_robust,
    importance_weights,
    inverse_propensity,
    self_normalised,
    switch_doubly_robust,
    switch_threshold,
)
from .evaluation import ESTIMATORS, PolicyEvaluation, RefusedLogError, evaluate_policy
from .reward_model import FOLDS, ExpectedRewards, cross_fitted_rewards
from .simulated_log import SimulatedLog, simulate_log
from .target_policy import TargetPolicy, read_policy, uniform_policy
from .verdict import Verdict, judged

__all__ = [
    "ESTIMATORS",
    "FOLDS",
    "Diagnostics",
    "ExpectedRewards",
    "MeanTest",
    "PolicyEvaluation",
    "RefusedLogError",
    "SimulatedLog",
    "TargetPolicy",
    "Verdict",
    "clustered_variance",
    "cross_fitted_rewards",
    "diagnose",
    "direct_method",
    "doubly_robust",
    "effective_size",
    "evaluate_policy",
    "importance_weights",
    "inverse_propensity",
    "judged",
    "read_policy",
    "self_normalised",
    "simulate_log",
    "switch_doubly_robust",
    "switch_threshold",
    "uniform_policy",
]
