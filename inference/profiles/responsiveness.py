"""Responsiveness: what a physician's answers in some channels tell of another channel.

Who answers e-mails more than others of their like will often come to webinars more, too. How far, is told by the
covariances of all physicians' excess rates between channels, by moments; each is kept only as far as it exceeds its own
standard error (positive-part James-Stein), so that where nothing is shared, nothing is borrowed. The excess in a
channel that is expected from all others is then a linear empirical Bayes estimate, multivariate credibility (Efron and
Morris, Biometrika 59, 1972; Buhlmann and Gisler, A Course in Credibility Theory, 2005, chapter 7). A channel's own
answers play no part in it: they are added after, to the prior that this makes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .engagement_log import Floats, Numbers

_AT_ONCE = 10_000
_UNKNOWN = 1e4  # variance of a rate that was never seen, in units of p (1 - p): as of a ten-thousandth of an exposure
_MOST_SHARED = 0.95
_LEAST_EIGENVALUE = 1e-3


@dataclass(frozen=True)
class Expected:
    """From all other channels: by how much a rate is expected to differ (n,), and the variance left (n,)."""

    shift: Floats
    variance: Floats


def expected_from_elsewhere(
    physician: Numbers, channel: Numbers, mean: Floats, correlation: Floats, rate: Floats, chance: Floats
) -> Expected:
    """What other channels say about each physician and channel (n,).

    Args:
        physician: codes (n,).
        channel: codes (n,); a physician has each at most once.
        mean: rates of one's like (n,).
        correlation: (channels,) variance between physicians, in units of p (1 - p).
        rate: the physicians' own rates (n,).
        chance: their variances by chance in the same units (n,), infinite where there is no exposure.
    """
    if not len(physician):
        return Expected(np.zeros(0), np.zeros(0))
    people, channels = int(physician.max()) + 1, len(correlation)
    scale = np.sqrt(mean * (1.0 - mean))
    excess, noise = np.zeros((people, channels)), np.full((people, channels), _UNKNOWN)
    seen = np.isfinite(chance)
    where = physician[seen], channel[seen]
    excess[where] = ((rate - mean) / scale)[seen]
    noise[where] = (1.0 - correlation[channel[seen]]) * chance[seen]
    shared = _covariances(excess, noise, correlation)
    parts = [
        _from_others(excess[start : start + _AT_ONCE], noise[start : start + _AT_ONCE], shared)
        for start in range(0, people, _AT_ONCE)
    ]
    shift, variance = (np.concatenate(part)[physician, channel] for part in zip(*parts, strict=True))
    return Expected(shift * scale, variance * scale**2)


def _covariances(excess: Floats, noise: Floats, correlation: Floats) -> Floats:
    """(channels, channels) covariances between physicians; the diagonal is what it was, or a little more."""
    shared = np.diag(correlation)
    for one in range(len(correlation)):
        for other in range(one):
            both = np.flatnonzero((noise[:, one] < _UNKNOWN) & (noise[:, other] < _UNKNOWN))
            most = _MOST_SHARED * np.sqrt(correlation[one] * correlation[other])
            products = excess[both, one] * excess[both, other]
            weights = (correlation[one] + noise[both, one]) * (correlation[other] + noise[both, other])
            shared[one, other] = shared[other, one] = np.clip(_beyond_chance(products, 1.0 / weights), -most, most)
    values, vectors = np.linalg.eigh(shared)
    return np.asarray((vectors * np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T)


def _beyond_chance(products: Floats, weights: Floats) -> float:
    """Weighted mean, times the share of its square that is not its squared standard error."""
    if len(products) < 2:
        return 0.0
    mean = float((weights * products).sum() / weights.sum())
    error = float((weights**2 * (products - mean) ** 2).sum()) / float(weights.sum()) ** 2
    return mean * max(0.0, 1.0 - error / mean**2) if mean else 0.0


def _from_others(excess: Floats, noise: Floats, shared: Floats) -> tuple[Floats, Floats]:
    """(m, channels) mean and variance of the true excess given the excess seen in all channels but that one.

    With W the inverse of the covariance of what is seen, the mean is y - (W y) / diag W, and the variance 1 / diag W
    less that of chance.
    """
    inverse = np.linalg.inv(shared + noise[:, :, None] * np.eye(len(shared)))
    own = np.einsum("mcc->mc", inverse)
    mean = excess - np.einsum("mcd,md->mc", inverse, excess) / own
    return mean, np.maximum(1.0 / own - noise, _LEAST_EIGENVALUE)
