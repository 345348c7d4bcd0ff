"""What reward each action would earn, learned from the log itself without a row ever predicting itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from ..datasets import BanditLog
from ..metrics import Floats
from .target_policy import TargetPolicy

FOLDS = 5
_CELLS = 4_000_000
"""Predictions held at once: rows are worked through in blocks of so many."""
_STEPS = 1000


@dataclass(frozen=True, eq=False)
class ExpectedRewards:
    """What a reward model expects.

    Attributes:
        of_logged: (n,) of the action that was chosen.
        of_target: (n,) on average over the actions as the target policy would choose them.
        largest: the largest of any row and action, without its sign.
    """

    of_logged: Floats
    of_target: Floats
    largest: float


def cross_fitted_rewards(log: BanditLog, policy: TargetPolicy, *, seed: int = 0) -> ExpectedRewards:
    """Expected rewards, each row's from a model that saw none of its cluster's rows.

    The model knows position, context, action, and how actions differ by context: logistic regression where rewards are
    0 or 1, ridge regression elsewhere, both with a penalty of 1. An action it never saw is expected to earn what an
    average one does.

    Raises:
        ValueError: fewer than two clusters.
    """
    if len(np.unique(log.clusters)) < 2:
        raise ValueError("cross-fitting needs two clusters: one to learn from, one to predict")
    of_logged, of_target, largest = np.empty(len(log)), np.empty(len(log)), 0.0
    features = _features(log, len(policy.action_names))
    fold = _folds(log, seed)
    for held_out in np.unique(fold):
        model = _fitted(features[fold != held_out], log.rewards[fold != held_out], binary=_binary(log.rewards))
        for rows in _blocks(np.flatnonzero(fold == held_out), len(policy.action_names)):
            expected = model.of_actions(log, rows, len(policy.action_names))
            of_logged[rows] = expected[np.arange(len(rows)), log.actions[rows]]
            of_target[rows] = (expected * policy.probabilities[policy.situations[rows]]).sum(axis=1)
            largest = max(largest, float(np.abs(expected).max()))
    return ExpectedRewards(of_logged, of_target, largest)


def _binary(rewards: Floats) -> bool:
    return bool(np.isin(rewards, (0, 1)).all())


def _folds(log: BanditLog, seed: int) -> NDArray[np.intp]:
    """The fold (n,) of each row: clusters are dealt out, whatever the order of the rows."""
    present, cluster = np.unique(log.clusters, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(present)) % FOLDS
    return np.asarray(dealt[cluster])


def _features(log: BanditLog, actions: int) -> Any:
    """Sparse (n, positions + d + actions + actions × d): position, context, action, and context by action."""
    context = sparse.csr_matrix(log.contexts)
    position = _one_hot(log.positions, len(log.position_names))
    by_action = sparse.csr_matrix(
        (
            context.data,
            context.indices + np.repeat(log.actions, np.diff(context.indptr)) * context.shape[1],
            context.indptr,
        ),
        shape=(len(log), actions * context.shape[1]),
    )
    return sparse.hstack([position, context, _one_hot(log.actions, actions), by_action], format="csr")


def _one_hot(numbers: NDArray[np.intp], count: int) -> Any:
    return sparse.csr_matrix((np.ones(len(numbers)), (np.arange(len(numbers)), numbers)), shape=(len(numbers), count))


def _blocks(rows: NDArray[np.intp], actions: int) -> Iterator[NDArray[np.intp]]:
    size = max(1, _CELLS // actions)
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


@dataclass(frozen=True, eq=False)
class _RewardModel:
    """Coefficients over the features, through the logistic function where rewards are 0 or 1."""

    intercept: float
    coefficients: Floats
    binary: bool

    def of_actions(self, log: BanditLog, rows: NDArray[np.intp], actions: int) -> Floats:
        """(m, actions): what each action would earn in some rows of the log."""
        positions, width = len(log.position_names), log.contexts.shape[1]
        of_position, of_context, of_action, by_action = np.split(
            self.coefficients, np.cumsum([positions, width, actions])
        )
        contexts = log.contexts[rows]
        of_row = self.intercept + of_position[log.positions[rows]] + contexts @ of_context
        sums = of_row[:, None] + of_action + contexts @ by_action.reshape(actions, width).T
        return np.asarray(expit(sums) if self.binary else sums)


def _fitted(features: Any, rewards: Floats, *, binary: bool) -> _RewardModel:
    if rewards.min() == rewards.max():
        return _RewardModel(float(rewards[0]), np.zeros(features.shape[1]), binary=False)
    model = LogisticRegression(solver="newton-cg", max_iter=_STEPS) if binary else Ridge()
    model.fit(features, rewards)
    return _RewardModel(float(np.ravel(model.intercept_)[0]), np.ravel(model.coef_), binary)
