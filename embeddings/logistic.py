"""Logistic regressions of many labels over the same features, fitted together.

Each label's optimum is that of scikit-learn's LogisticRegression(solver="liblinear"): an L2 penalty on weights and
intercept. What differs is the cost: every product with the features serves all labels at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from .features import Features

Matrix = NDArray[np.float32]

_NEWTON_STEPS = 50
_HALVINGS = 10
_CONJUGATE_STEPS = 200
_ENOUGH = 1e-2
"""Log-odds: steps smaller than this end the search."""
_RESIDUAL = 0.3
"""Share of a Newton step's right-hand side that may stay unsolved: the next step makes up for it."""
_ROUNDING = 1e-5
"""Relative growth of an objective that single precision may feign."""


@dataclass(frozen=True)
class Penalised:
    """Weights (d + columns, labels) and intercepts (labels,)."""

    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]


def fit_logistic(features: Features, targets: NDArray[np.bool_], costs: NDArray[np.floating]) -> Penalised:
    """Minimise ½‖w‖² + Σ costs · log(1 + exp(-y f)) for each label, y = ±1 and f = w · features + intercept.

    Truncated Newton (Lin, Weng and Keerthi, 2008) on the duals a of the log-odds f = K a, where K is the Gram matrix
    of the rows, which is never formed.

    Args:
        features: of n texts.
        targets: (n, labels).
        costs: (n, labels), what an error on each text costs: C times the weight of its class.
    """
    gram = _Gram.of(features)
    truth, costs = targets.astype(np.float32), costs.astype(np.float32)
    duals, log_odds = np.zeros_like(truth), np.zeros_like(truth)
    for _ in range(_NEWTON_STEPS):
        probabilities = expit(log_odds)
        curvature = costs * probabilities * (1 - probabilities)
        step, change = _newton_step(gram, curvature, costs * (truth - probabilities) - duals)
        share = _descending_share(duals, log_odds, step, change, truth, costs)
        duals, log_odds = duals + share * step, log_odds + share * change
        if np.abs(share * change).max(initial=0) < _ENOUGH:
            break
    return gram.penalised(duals)


@dataclass(frozen=True)
class _Gram:
    """K = X Xᵀ + 1 as an operator; the 1 is the intercept's column. Columns that no text has are left out."""

    dense: Matrix
    lexical: sparse.csr_matrix
    transposed: sparse.csr_matrix
    kept: NDArray[np.int32]
    columns: int

    @classmethod
    def of(cls, features: Features) -> _Gram:
        rows = features.lexical
        kept, packed = np.unique(rows.indices, return_inverse=True)
        lexical = sparse.csr_matrix((rows.data, packed, rows.indptr), (len(features), len(kept)))
        return cls(features.dense, lexical, lexical.T.tocsr(), kept, rows.shape[1])

    def __matmul__(self, duals: Matrix) -> Matrix:
        dense = self.dense @ (self.dense.T @ duals)
        return np.asarray(dense + self.lexical @ (self.transposed @ duals) + duals.sum(axis=0))

    def penalised(self, duals: Matrix) -> Penalised:
        dimension = self.dense.shape[1]
        weights = np.zeros((dimension + self.columns, duals.shape[1]), dtype=np.float32)
        weights[:dimension] = self.dense.T @ duals
        weights[dimension + self.kept] = self.transposed @ duals
        return Penalised(weights, duals.sum(axis=0))


def _newton_step(gram: _Gram, curvature: Matrix, slope: Matrix) -> tuple[Matrix, Matrix]:
    """The step x with (1 + curvature K) x = slope, and K x, column by column.

    Conjugate gradients in the inner product of K, in which the system is symmetric: the same as in the space of the
    weights, so that a step that is not fully solved still descends.
    """
    step, change = np.zeros_like(slope), np.zeros_like(slope)
    residual, direction = slope, slope
    residual_odds = direction_odds = gram @ slope
    size = np.sum(residual * residual_odds, axis=0)
    small = _RESIDUAL**2 * size
    for _ in range(_CONJUGATE_STEPS):
        if np.all(size <= small):
            break
        image = direction + curvature * direction_odds
        length = _ratio(size, np.sum(image * direction_odds, axis=0))
        step, change = step + length * direction, change + length * direction_odds
        residual = residual - length * image
        residual_odds = gram @ residual
        before, size = size, np.sum(residual * residual_odds, axis=0)
        share = _ratio(size, before)
        direction, direction_odds = residual + share * direction, residual_odds + share * direction_odds
    return step, change


def _ratio(dividend: Matrix, divisor: Matrix) -> Matrix:
    """The quotient; 0 where the divisor is 0, which is a column that is solved exactly."""
    return np.divide(dividend, divisor, out=np.zeros_like(dividend), where=divisor > 0)


def _descending_share(
    duals: Matrix, log_odds: Matrix, step: Matrix, change: Matrix, truth: Matrix, costs: Matrix
) -> Matrix:
    """How much (labels,) of each label's step to take: halved until the objective does not grow."""

    def objective(share: Matrix) -> Matrix:
        moved = log_odds + share * change
        loss = costs * (np.logaddexp(0, moved) - truth * moved)
        return np.asarray(np.sum((duals + share * step) * moved / 2 + loss, axis=0))

    share = np.ones(truth.shape[1], dtype=np.float32)
    highest = objective(0 * share) * (1 + _ROUNDING)
    for _ in range(_HALVINGS):
        grows = objective(share) > highest
        if not grows.any():
            break
        share[grows] /= 2
    return share
