"""Priors: what is to be expected of a physician in a channel before that channel's own responses are looked at.

Each physician and channel has a prior Beta(mean x strength, (1 - mean) x strength), estimated from all physicians
(empirical Bayes). The mean is the channel's, shrunk in two steps towards the rate of one's like: of the segment, then
of specialty, country and segment (random effects of cells, by moments as DerSimonian and Laird, Controlled Clinical
Trials 7, 1986). Then it is moved by how the physician answers in other channels (see `responsiveness`). The strength
is that of the channel: where the marginal likelihood of a Beta-Binomial (Skellam, J. R. Stat. Soc. B 10, 1948;
Griffiths, Biometrics 29, 1973) times a weak prior is highest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .engagement_log import Floats, Numbers
from .responsiveness import expected_from_elsewhere

USUAL_STRENGTH, DOUBT = 5.0, 0.7  # median of the prior on a strength, in exposures, and standard deviation of its log
WEAKEST, STRONGEST = 1.0, 50.0
LEAST_CELL_STRENGTH = 20.0  # a cell's rate counts against its parent's with at least that many exposures
FITTED = 20_000  # physicians that a strength is fitted on: it is known to some per cent then
LOWEST = 0.01  # nothing is impossible: means lie between this and its complement


@dataclass(frozen=True)
class Counts:
    """Of physicians and channels (n,): codes, exposures and responses weighted by age and not, and squared weights."""

    physician: Numbers
    channel: Numbers
    exposures: Floats
    responses: Floats
    squares: Floats
    seen: Floats
    answered: Floats


@dataclass(frozen=True)
class Priors:
    """Beta priors (n,): means, strengths in exposures, and how far the mean was moved by responses elsewhere."""

    mean: Floats
    strength: Floats
    moved: Floats


def fit_channel_priors(counts: Counts, cells: Sequence[Numbers], *, elsewhere: bool = True) -> Priors:
    """The prior of each physician and channel.

    Args:
        counts: of all physicians; rows without an exposure get a prior, too.
        cells: the cell (n,) of each row's physician, from the widest to the narrowest, each inside the one before;
            -1 where it is unknown.
        elsewhere: whether responses in other channels count.
    """
    channels = int(counts.channel.max(initial=-1)) + 1
    mean = _channel_means(counts, channels)[counts.channel]
    strength = _strengths(counts, mean, channels)
    above = counts.channel
    for cell in cells:
        within = cell * channels + counts.channel
        mean = _cell_means(counts, mean, 1.0 / (1.0 + strength), above, np.where(cell >= 0, within, -1))
        above = within
    strength = _strengths(counts, mean, channels)
    if not elsewhere:
        return Priors(_possible(mean), strength[counts.channel], np.zeros(len(mean)))
    found = expected_from_elsewhere(
        counts.physician, counts.channel, _possible(mean), 1.0 / (1.0 + strength), _rates(counts), _variances(counts)
    )
    moved = _possible(mean + found.shift)
    of_spread = np.clip(moved * (1.0 - moved) / found.variance - 1.0, WEAKEST, STRONGEST)
    return Priors(moved, of_spread, moved - _possible(mean))


def fit_strength(mean: Floats, answered: Floats, seen: Floats) -> float:
    """The strength in exposures that explains how far physicians (n,) with these prior means differ.

    Whole counts are wanted: single exposures of less weight than one would always seem to agree with the mean.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    known = np.flatnonzero(seen > 0.0)
    known = known[:: max(1, len(known) // FITTED)]
    m, k, n = _possible(mean[known]), answered[known], seen[known]

    def badness(log_strength: float) -> float:
        """Minus the logarithm of likelihood times prior."""
        yes, no = m * np.exp(log_strength), (1.0 - m) * np.exp(log_strength)
        likelihood = float((betaln(yes + k, no + n - k) - betaln(yes, no)).sum())
        doubt = (log_strength - float(np.log(USUAL_STRENGTH))) / DOUBT
        return 0.5 * doubt**2 - likelihood

    best = minimize_scalar(badness, bounds=(np.log(WEAKEST), np.log(STRONGEST)), method="bounded")
    return float(np.exp(best.x))


def _strengths(counts: Counts, mean: Floats, channels: int) -> Floats:
    """(channels,) the strength of each channel's prior."""
    rows = [counts.channel == channel for channel in range(channels)]
    return np.array([fit_strength(mean[row], counts.answered[row], counts.seen[row]) for row in rows])


def _channel_means(counts: Counts, channels: int) -> Floats:
    """(channels,) the rate of each channel, half a response added to either side; of all where nothing is logged."""
    responses, exposures = (
        np.bincount(counts.channel, column, channels) for column in (counts.responses, counts.exposures)
    )
    overall = (float(responses.sum()) + 0.5) / (float(exposures.sum()) + 1.0)
    return np.where(exposures > 0.0, (responses + 0.5) / (exposures + 1.0), overall)


def _cell_means(counts: Counts, parent: Floats, correlation: Floats, above: Numbers, cell: Numbers) -> Floats:
    """(n,) the rate of each row's cell, shrunk to its parent's mean (n,); `cell` is -1 where there is none.

    A physician's rate counts by its precision, in exposures: however many there are, not more than one physician's.
    How far cells differ from their parents is one figure for all channels.
    """
    known = np.flatnonzero(cell >= 0)
    _, first, group = np.unique(cell[known], return_index=True, return_inverse=True)
    precise = _precision(counts, correlation)[known]
    weight = np.bincount(group, precise).astype(np.float64)
    rate = np.bincount(group, precise * _rates(counts)[known]) / np.where(weight > 0.0, weight, 1.0)
    of_parent = np.asarray(parent[known][first])
    strength = _cell_strength(weight, rate, of_parent, above[known][first])
    shrunk = of_parent + (rate - of_parent) * weight / (weight + strength)
    means = parent.copy()
    means[known] = shrunk[group]
    return means


def _cell_strength(weight: Floats, rate: Floats, parent: Floats, above: Numbers) -> float:
    """What the spread of the cells' rates about their parents beyond chance comes to, in exposures."""
    seen = weight > 0.0
    _, family = np.unique(above[seen], return_inverse=True)
    w, spread = weight[seen], (rate[seen] - parent[seen]) ** 2 / (parent[seen] * (1.0 - parent[seen]))
    sums, squares = np.bincount(family, w), np.bincount(family, w**2)
    excess = float((w * spread).sum()) - (len(w) - len(sums))
    scale = float((sums - squares / sums).sum())
    return max(scale / excess, LEAST_CELL_STRENGTH) if excess > 0.0 and scale > 0.0 else np.inf


def _rates(counts: Counts) -> Floats:
    """(n,) share of exposures answered, 0 where there is none."""
    return np.asarray(counts.responses / np.where(counts.exposures > 0.0, counts.exposures, 1.0))


def _variances(counts: Counts) -> Floats:
    """(n,) chance variance of those rates, in units of p (1 - p); infinite where there is no exposure."""
    exposures = np.where(counts.exposures > 0.0, counts.exposures, 1.0)
    return np.where(counts.exposures > 0.0, counts.squares / exposures**2, np.inf)


def _precision(counts: Counts, correlation: Floats) -> Floats:
    """(n,) of those rates as told of the cell's, in exposures; 0 where there is none."""
    between = correlation[counts.channel]
    return np.asarray(1.0 / (between + (1.0 - between) * _variances(counts)))


def _possible(mean: Floats) -> Floats:
    return np.clip(mean, LOWEST, 1.0 - LOWEST)
