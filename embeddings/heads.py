"""Small trained heads: one calibrated logistic regression a label over the features of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ..errors import InputError
from .calibration import Platt, best_threshold
from .features import Features

Targets = NDArray[np.bool_]
Scores = NDArray[np.float64]

_MIN_POSITIVES = 2
_ITERATIONS = 1000
_NEVER = -np.inf
"""Log-odds of a label that training hardly saw: such a label is never claimed, and no calibration is fitted on it."""


@dataclass(frozen=True)
class HeadOptions:
    """How heads are fitted.

    Attributes:
        inverse_regularisation: C of the logistic regression.
        folds: for out-of-fold scores; each fold holds whole groups out.
        seed: of the folds.
    """

    inverse_regularisation: float = 1.0
    folds: int = 5
    seed: int = 7
    exclusive: bool = False


@dataclass(frozen=True)
class LinearHeads:
    """Heads that share features: weights (d, labels) and (columns, labels), biases, calibration, thresholds."""

    labels: tuple[str, ...]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: tuple[Platt, ...]
    thresholds: NDArray[np.float64] = field(repr=False)

    def probabilities(self, features: Features) -> Scores:
        """Calibrated probabilities (n, labels), strictly between 0 and 1."""
        return _calibrated(self.log_odds(features), self.calibration)

    def log_odds(self, features: Features) -> Scores:
        """Uncalibrated log-odds (n, labels)."""
        scores = features.dense @ self.dense + features.lexical @ self.lexical + self.bias
        return np.asarray(scores, dtype=np.float64)


def fit_heads(
    features: Features,
    targets: Targets,
    labels: Sequence[str],
    *,
    groups: Sequence[str | None],
    documents: NDArray[np.int64],
    options: HeadOptions | None = None,
) -> LinearHeads:
    """Fit one head a label, then calibrate and set thresholds on scores of groups held out.

    Args:
        features: of n texts.
        targets: (n, labels), True where the text carries the label.
        labels: their names, in the order of the columns.
        groups: (n,) who the text is about; a group is never on both sides of a fold. A text of nobody (None) trains
            in every fold and is never measured on.
        documents: (n,) which document a text is a clause of: thresholds maximise F1 over documents.
        options: how to fit.

    Returns:
        Heads; a label with fewer than two positives is never claimed.

    Raises:
        InputError: fewer than two groups.
    """
    options = options or HeadOptions()
    measured = np.asarray([group is not None for group in groups])
    held_out = out_of_fold_log_odds(features, targets, groups, options)[measured]
    calibration = _calibration(held_out, targets[measured], options)
    probabilities = _calibrated(held_out, calibration)
    weights, bias = _fit_weights(features, targets, options)
    dimension = features.dense.shape[1]
    return LinearHeads(
        labels=tuple(labels),
        dense=weights[:dimension],
        lexical=weights[dimension:],
        bias=bias,
        calibration=calibration,
        thresholds=best_threshold(probabilities, targets[measured], documents[measured]),
    )


def out_of_fold_log_odds(
    features: Features, targets: Targets, groups: Sequence[str | None], options: HeadOptions
) -> Scores:
    """Log-odds (n, labels) of each text from heads that never saw its group; meaningless for texts of nobody."""
    from sklearn.model_selection import GroupKFold

    measured = np.flatnonzero([group is not None for group in groups])
    always = np.flatnonzero([group is None for group in groups])
    owners = [group for group in groups if group is not None]
    if len(set(owners)) < 2:
        raise InputError("heads are calibrated on a group held out: label texts of at least two groups")
    folds = GroupKFold(n_splits=min(options.folds, len(set(owners))), shuffle=True, random_state=options.seed)
    scores = np.full(targets.shape, _NEVER)
    for train, test in folds.split(owners, groups=owners):
        seen, unseen = np.concatenate([measured[train], always]), measured[test]
        weights, bias = _fit_weights(features.rows(seen), targets[seen], options)
        scores[unseen] = features.rows(unseen).stacked() @ weights + bias
    return scores


def _fit_weights(
    features: Features, targets: Targets, options: HeadOptions
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (d + columns, labels) and biases (labels,); classes are weighed inversely to their frequency."""
    from sklearn.linear_model import LogisticRegression

    stacked = features.stacked()
    kept = np.unique(stacked.indices)  # columns that no text has would cost time in every iteration
    matrix = stacked[:, kept]
    positives = targets.sum(axis=0)
    weights = np.zeros((stacked.shape[1], targets.shape[1]), dtype=np.float32)
    bias = np.full(targets.shape[1], _NEVER, dtype=np.float32)
    for column in np.flatnonzero((positives >= _MIN_POSITIVES) & (positives < len(targets))):
        model = LogisticRegression(C=options.inverse_regularisation, class_weight="balanced", max_iter=_ITERATIONS)
        with threadpool_limits(limits=1):  # the products are small: threads only wait for one another
            model.fit(matrix, targets[:, column])
        weights[kept, column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _calibration(log_odds: Scores, targets: Targets, options: HeadOptions) -> tuple[Platt, ...]:
    """One curve a label, fitted on held-out log-odds (n, labels)."""
    columns = range(targets.shape[1])
    if options.exclusive:
        return tuple(Platt.fit(log_odds[:, [column]], targets[:, [column]]) for column in columns)
    shared = Platt.fit(log_odds, targets)
    return tuple(shared for _ in columns)


def _calibrated(log_odds: Scores, calibration: tuple[Platt, ...]) -> Scores:
    return np.column_stack([platt.apply(log_odds[:, column]) for column, platt in enumerate(calibration)])


def exclusive_shares(probabilities: Scores) -> Scores:
    """Probabilities (n, labels) of labels that exclude one another, made to add up to 1."""
    return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))
