"""From scores to probabilities and from probabilities to claims, both learned on held-out groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

_ENOUGH_POSITIVES = 20
"""Documents a label needs before it gets a threshold of its own."""

_HUNDREDTHS = np.arange(1, 100) / 100

_NEAREST = 1e-6
"""How near a probability comes to 0 and 1."""


@dataclass(frozen=True)
class Platt:
    """Platt scaling (Platt, 1999): P = sigmoid(slope * log-odds + intercept)."""

    slope: float
    intercept: float

    @classmethod
    def fit(cls, log_odds: NDArray[np.float64], targets: NDArray[np.bool_]) -> Platt:
        """One curve for held-out log-odds (n, labels) of all labels; the identity where there is one class only."""
        from sklearn.linear_model import LogisticRegression

        scored = np.isfinite(log_odds)  # a head that never saw its label has no score to learn from
        scores, truth = log_odds[scored], targets[scored]
        if truth.all() or not truth.any():
            return cls(1.0, 0.0)
        model = LogisticRegression(C=1e6).fit(scores[:, None], truth)
        slope = float(model.coef_[0, 0])
        return cls(slope, float(model.intercept_[0])) if slope > 0 else cls(1.0, 0.0)

    def apply(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities of the same shape, within (0, 1)."""
        return np.asarray(np.clip(expit(self.slope * log_odds + self.intercept), _NEAREST, 1 - _NEAREST))


def best_threshold(
    probabilities: NDArray[np.float64],
    targets: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    shared: bool = False,
) -> NDArray[np.float64]:
    """Thresholds (labels,) that maximise micro-F1 over documents; a document carries a label if any clause does.

    A label with at least 20 positive documents gets its own threshold, the others share one; `shared` gives all the
    same, which is best for micro-F1 where the probabilities are calibrated (Lipton et al., 2014).
    """
    predicted, truth = _by_document(probabilities, documents), _by_document(targets, documents)
    thresholds = np.full(truth.shape[1], _threshold(predicted.ravel(), truth.ravel()))
    if shared:
        return thresholds
    for column in np.flatnonzero(truth.sum(axis=0) >= _ENOUGH_POSITIVES):
        thresholds[column] = _threshold(predicted[:, column], truth[:, column])
    return thresholds


def each_threshold(probabilities: NDArray[np.float64], targets: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Thresholds (labels,) that maximise the mean F1 of the labels, from probabilities and targets (n, labels).

    A label with at least 20 positives gets its own; the others share the hundredth at which the mean of their F1 is
    largest. (The cut that is best for all their claims together is the most frequent ones', and too high for the rest.)
    """
    thresholds = np.full(targets.shape[1], 0.5)
    positives = targets.sum(axis=0)
    rare = positives < _ENOUGH_POSITIVES
    for column in np.flatnonzero(~rare):
        thresholds[column] = _threshold(probabilities[:, column], targets[:, column])
    seen = rare & (positives > 0)
    if seen.any():
        means = [_mean_f1(probabilities[:, seen] >= cut, targets[:, seen]) for cut in _HUNDREDTHS]
        thresholds[rare] = _HUNDREDTHS[int(np.argmax(means))]
    return thresholds


def _mean_f1(claimed: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Of labels that are each true of some row."""
    return float((2 * (claimed & truth).sum(axis=0) / (claimed.sum(axis=0) + truth.sum(axis=0))).mean())


def _by_document(values: NDArray[Any], documents: NDArray[np.int64]) -> NDArray[Any]:
    """Maximum over the rows of each document."""
    known, where = np.unique(documents, return_inverse=True)
    result = np.zeros((len(known), values.shape[1]), dtype=values.dtype)
    np.maximum.at(result, where, values)
    return result


def _threshold(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The cut between neighbouring scores at which F1 = 2 TP / (claimed + true) is largest; 0.5 without positives."""
    order = np.argsort(-probabilities, kind="stable")
    hits = np.cumsum(truth[order].astype(np.int64))
    if len(hits) == 0 or hits[-1] == 0:
        return 0.5
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + hits[-1])
    last_of_its_score = np.append(np.diff(probabilities[order]) != 0, True)
    best = int(np.argmax(np.where(last_of_its_score, f1, -1.0)))
    following = probabilities[order[best + 1]] if best + 1 < len(order) else 0.0
    return max(2 * _NEAREST, float((probabilities[order[best]] + following) / 2))  # never what has no head
