"""From log-odds to claims: calibrated probabilities, and the threshold from which a label is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..calibration import Platt, best_threshold, each_threshold


@dataclass(frozen=True)
class Claims:
    """For K labels: a Platt curve each (`slopes`, `intercepts`) and the probability from which it is claimed."""

    slopes: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    thresholds: NDArray[np.float64]

    @classmethod
    def fit(
        cls,
        log_odds: NDArray[np.float64],
        targets: NDArray[np.bool_],
        families: Sequence[NDArray[np.intp]],
        *,
        asked: NDArray[np.bool_] | None = None,
        shared: bool = False,
        others: Claims | None = None,
    ) -> Claims:
        """Learn from held-out texts, for log-odds and targets (n, K): the labels of a family share a curve.

        A family is learned from the texts that were asked for all of its labels; `asked` (n, K) says which, of all if
        None. Labels of no family have what `others` says of them; without it, their log-odds count as they are.
        Thresholds maximise micro-F1 within a family, one for all of it if `shared`; else the mean F1 of its labels.
        """
        labels = log_odds.shape[1]
        others = others or cls(np.ones(labels), np.zeros(labels), np.full(labels, 0.5))
        slopes, intercepts, thresholds = others.slopes.copy(), others.intercepts.copy(), others.thresholds.copy()
        for columns in families:
            rows = slice(None) if asked is None else asked[:, columns].all(axis=1)
            scores, truth = log_odds[rows][:, columns], targets[rows][:, columns]
            curve = Platt.fit(scores, truth)
            slopes[columns], intercepts[columns] = curve.slope, curve.intercept
            thresholds[columns] = _thresholds(curve.apply(scores), truth, shared=shared)
        return cls(slopes, intercepts, thresholds)

    def probabilities(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities (n, K), strictly between 0 and 1."""
        columns = [
            Platt(float(slope), float(intercept)).apply(log_odds[:, i])
            for i, (slope, intercept) in enumerate(zip(self.slopes, self.intercepts, strict=True))
        ]
        return np.stack(columns, axis=1) if columns else np.empty(log_odds.shape)


def _thresholds(probabilities: NDArray[np.float64], truth: NDArray[np.bool_], *, shared: bool) -> NDArray[np.float64]:
    if not shared:
        return each_threshold(probabilities, truth)
    return best_threshold(probabilities, truth, np.arange(len(truth)), shared=True)
