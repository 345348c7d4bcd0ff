"""How a figure follows from its items: every metric is a formula over per-item statistics and item weights.

A bootstrap draw, a randomisation and a comparison are then the same formula under other weights or statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Formula:
    """A metric as a function of weighted items.

    Attributes:
        name: how result files refer to it.
        of_sums: (draws, k) weighted sums of the statistics → (draws,) values, where sums are all it needs.
        of_items: (draws, n) weights and (n, k) statistics → (draws,) values, where they are not.
        bounded: whether values lie in [0, 1], so that an interval never has width 0 at either end.
    """

    name: str
    of_sums: Callable[[Floats], Floats] | None = None
    of_items: Callable[[Floats, Floats], Floats] | None = None
    bounded: bool = False

    def value(self, statistics: Floats) -> float:
        """The figure of all items (n, k), each with weight 1; NaN where it is not defined."""
        return float(self.values(np.ones((1, len(statistics))), statistics)[0])

    def values(self, weights: Floats, statistics: Floats) -> Floats:
        """The figure (draws,) under each row of weights (draws, n)."""
        if self.of_sums is not None:
            return self.of_sums(weights @ statistics)
        if self.of_items is None:
            raise ValueError(f"formula {self.name!r} computes nothing")
        return self.of_items(weights, statistics)


def _ratio(sums: Floats) -> Floats:
    return _divided(sums[:, 0], sums[:, 1])


def _f1(sums: Floats) -> Floats:
    hits, claimed, true = sums.T
    return np.where(claimed + true > 0, _divided(2 * hits, claimed + true), 1.0)


def _macro_f1(sums: Floats) -> Floats:
    hits, claimed, true = sums.reshape(len(sums), 3, -1).transpose(1, 0, 2)
    by_label = _divided(2 * hits, claimed + true)
    known = ~np.isnan(by_label)
    return _divided(np.where(known, by_label, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def _mean_absolute(sums: Floats) -> Floats:
    return _divided(np.sum(np.abs(sums[:, :-1]), axis=1), sums[:, -1])


def _auc(weights: Floats, statistics: Floats) -> Floats:
    scores, truth = statistics.T
    order = np.argsort(scores, kind="stable")
    levels = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))  # where each distinct score begins
    by_item = weights[:, order]
    positives = np.add.reduceat(by_item * truth[order], levels, axis=1)
    negatives = np.add.reduceat(by_item * (1 - truth[order]), levels, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives
    wins = (positives * (below + negatives / 2)).sum(axis=1)
    return _divided(wins, positives.sum(axis=1) * negatives.sum(axis=1))


def _divided(above: Floats, below: Floats) -> Floats:
    """Above / below; NaN where below is 0."""
    undefined = np.full(np.shape(above), np.nan)
    return np.asarray(np.divide(above, below, out=undefined, where=below != 0))


RATIO = Formula("ratio", of_sums=_ratio)
"""Sum of column 0 over sum of column 1: means (column 1 all ones), self-normalised means."""

SHARE = Formula("share", of_sums=_ratio, bounded=True)
"""A mean that lies in [0, 1]: accuracy, coverage; an item without a row has no value."""

COUNTED_SHARE = Formula("counted_share", of_sums=_ratio, bounded=True)
"""Counts over counts in [0, 1]: precision, recall; an item without a row has counts of zero."""

F1 = Formula("f1", of_sums=_f1, bounded=True)
"""2 hits / (claimed + true), columns (hits, claimed, true); 1 where nothing is claimed and nothing is true."""

MACRO_F1 = Formula("macro_f1", of_sums=_macro_f1, bounded=True)
"""Mean F1 over L labels, columns (hits of each, claims of each, truths of each); one that never occurs is left out."""

MEAN_ABSOLUTE = Formula("mean_absolute", of_sums=_mean_absolute)
"""Sum of the absolute column sums over the last column: expected calibration error with one column a bin."""

AUC = Formula("auc", of_items=_auc, bounded=True)
"""Area under the ROC curve (Mann-Whitney), ties count half; columns (score, truth)."""

FORMULAS = {formula.name: formula for formula in (RATIO, SHARE, COUNTED_SHARE, F1, MACRO_F1, MEAN_ABSOLUTE, AUC)}
"""Every formula by name: what a result file can hold."""
