"""The best that counts allow: engagement as somebody infers it who knows how the world was drawn.

The physicians' log-odds are Gaussian, correlated between channels and over the months as the options say, about the
true log-odds of their segment. Their posterior given every exposure and response is taken by Laplace's approximation
(Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 3.1). No method that knows less of the
world can expect a smaller error from the same counts; one that also hears what physicians say can.
"""

from __future__ import annotations

import numpy as np

from ..metrics import Floats
from .engagement import PHYSICIAN_SPREAD, channel_correlations, kept_in_a_month
from .options import SimulationOptions

_AT_ONCE = 250
_STEPS = 8
_NODES = 15


def best_possible(options: SimulationOptions, segment_logits: Floats, exposures: Floats, responses: Floats) -> Floats:
    """(physicians, channels) the posterior mean on the last day.

    Args:
        options: of the world.
        segment_logits: (physicians, channels) true log-odds of each physician's segment.
        exposures: (physicians, channels, months).
        responses: of the same shape.
    """
    apart = np.abs(np.subtract.outer(np.arange(options.months), np.arange(options.months)))
    over_time = kept_in_a_month(options.variety) ** apart
    correlations = np.kron(channel_correlations(options.variety), over_time)
    prior = np.asarray(PHYSICIAN_SPREAD**2 * correlations, dtype=np.float64)
    parts = [
        _posterior_means(prior, segment_logits[some], exposures[some], responses[some])
        for some in np.array_split(np.arange(len(exposures)), -(-len(exposures) // _AT_ONCE))
    ]
    return np.concatenate(parts)


def _posterior_means(prior: Floats, segment_logits: Floats, exposures: Floats, responses: Floats) -> Floats:
    from scipy.special import expit

    physicians, channels, months = exposures.shape
    n, k = exposures.reshape(physicians, -1), responses.reshape(physicians, -1)
    centre, found = np.repeat(segment_logits, months, axis=1), np.zeros(n.shape)
    for _ in range(_STEPS):
        likely = expit(centre + found)
        root = np.sqrt(n * likely * (1.0 - likely))
        system = np.eye(n.shape[1]) + root[:, :, None] * prior * root[:, None, :]
        gradient = root**2 * found + k - n * likely
        solved = np.linalg.solve(system, (root * (gradient @ prior))[..., None])[..., 0]
        found = (gradient - root * solved) @ prior
    last = np.arange(channels) * months + months - 1
    pulled = root[:, :, None] * prior[:, last]
    spread = np.diag(prior)[last] - np.einsum("pdc,pdc->pc", pulled, np.linalg.solve(system, pulled))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    logits = (centre + found)[:, last][..., None] + np.sqrt(spread)[..., None] * nodes
    return np.asarray((expit(logits) * weights / weights.sum()).sum(axis=-1))
