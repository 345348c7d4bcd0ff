"""What a predicted probability costs, item by item: lower is better, and only the true probability costs least."""

from __future__ import annotations

import numpy as np
from scipy.special import rel_entr, xlog1py, xlogy

from .formulas import Floats


def log_losses(predicted: Floats, outcomes: Floats) -> Floats:
    """Log-loss (n,) in nats; infinite where what happened was held to be impossible.

    An outcome may lie between 0 and 1: as a true probability it gives the expected loss, as half a response half of
    each side.
    """
    return np.asarray(-(xlogy(outcomes, predicted) + xlog1py(1.0 - outcomes, -predicted)))


def brier_scores(predicted: Floats, outcomes: Floats) -> Floats:
    """Expected squared errors (n,) (Brier, 1950), in [0, 1]; outcomes as in `log_losses`."""
    return np.asarray(outcomes * (1.0 - predicted) ** 2 + (1.0 - outcomes) * predicted**2)


def log_loss_excesses(predicted: Floats, true: Floats) -> Floats:
    """By how much the expected log-loss (n,) exceeds that of the true probability: Kullback-Leibler divergence."""
    return np.asarray(rel_entr(true, predicted) + rel_entr(1.0 - true, 1.0 - predicted))


def brier_excesses(predicted: Floats, true: Floats) -> Floats:
    """By how much the expected Brier score (n,) exceeds that of the true probability."""
    return np.asarray((predicted - true) ** 2)
