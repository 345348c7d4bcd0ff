"""How large a change is, on a scale that does not depend on how many notes there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, sqrt

import numpy as np

from ..metrics import Floats
from .rounding import without_rounding
from .thresholds import MEAN_EFFECT, SHARE_EFFECT


@dataclass(frozen=True)
class Effect:
    """A scale: its name, the size of the change between an old and a new value on it, and the least that matters."""

    name: str
    size: Callable[[float, float], float]
    least: float


def cohens_h(old: float, new: float) -> float:
    """Difference of two shares in [0, 1] after the arcsine transformation (Cohen, 1988), in [-pi, pi]."""
    return 2 * (asin(sqrt(min(max(new, 0.0), 1.0))) - asin(sqrt(min(max(old, 0.0), 1.0))))


SHARES = Effect("Cohen's h", cohens_h, SHARE_EFFECT)


def standardised(values: Floats) -> Effect:
    """Cohen's d against the standard deviation of these values (n,); 0 where they do not vary."""
    spread = without_rounding(float(np.std(values)), float(np.mean(values)))
    return Effect("Cohen's d", lambda old, new: (new - old) / spread if spread > 0 else 0.0, MEAN_EFFECT)


def absolute(least: float) -> Effect:
    """The plain difference."""
    return Effect("difference", lambda old, new: new - old, least)


def stability_index(old: Floats, new: Floats) -> Floats:
    """Population stability index (…,) of two distributions of counts over the same bins (…, bins); 0: the same.

    Sum of (new - old) x ln(new / old) over shares (the symmetrised Kullback-Leibler divergence of Jeffreys). Half an
    item is added to each bin of counts, so that an empty one is not infinitely far.
    """
    p, q = ((side + 0.5) / (side.sum(axis=-1, keepdims=True) + 0.5 * side.shape[-1]) for side in (old, new))
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))
