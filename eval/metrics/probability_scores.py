"""What a predicted probability costs, item by item: lower is better, and only the true probability costs least."""

from __future__ import annotations

import numpy as np
from scipy.special import rel_entr, xlog1py, xlogy

from .formulas import Floats

_LEAST = 1e-6
"""Log-losses take no prediction to be nearer than this to 0 or 1: one that is sure and wrong would cost infinitely."""


def log_losses(predicted: Floats, outcomes: Floats) -> Floats:
    """Log-loss (n,) in nats of predictions clipped to [1e-6, 1 - 1e-6], so that none costs more than 13.8.

    An outcome may lie between 0 and 1: as a true probability it gives the expected loss, as half a response half of
    each side.
    """
    clipped = _clipped(predicted)
    return np.asarray(-(xlogy(outcomes, clipped) + xlog1py(1.0 - outcomes, -clipped)))


def brier_scores(predicted: Floats, outcomes: Floats) -> Floats:
    """Expected squared errors (n,) (Brier, 1950), in [0, 1]; outcomes as in `log_losses`."""
    return np.asarray(outcomes * (1.0 - predicted) ** 2 + (1.0 - outcomes) * predicted**2)


def log_loss_excesses(predicted: Floats, true: Floats) -> Floats:
    """By how much the expected log-loss (n,) exceeds that of the true probability: Kullback-Leibler divergence.

    Predictions are clipped as in `log_losses`, the truth is not. Never negative, whatever rounding says.
    """
    clipped = _clipped(predicted)
    return np.asarray(np.maximum(rel_entr(true, clipped) + rel_entr(1.0 - true, 1.0 - clipped), 0.0))


def brier_excesses(predicted: Floats, true: Floats) -> Floats:
    """By how much the expected Brier score (n,) exceeds that of the true probability."""
    return np.asarray((predicted - true) ** 2)


def _clipped(predicted: Floats) -> Floats:
    return np.clip(predicted, _LEAST, 1.0 - _LEAST)
