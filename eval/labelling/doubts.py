"""Which notes the model is in doubt about: near a threshold, or with two opinions that differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from .opinions import Leads, Opinions


@dataclass(frozen=True)
class Doubt:
    """A note's largest doubt; the larger `strength`, the sooner it is worth a label. `why` quotes no words."""

    strength: float
    why: str


def uncertain(opinions: Opinions) -> list[Doubt | None]:
    """How near each note comes to a threshold: less the smallest margin over its labels, in log-odds.

    None for a note that is not read.
    """
    return [_nearest(opinions, note) for note in range(len(opinions))]


def certainty(opinions: Opinions) -> list[float | None]:
    """How far each note stays from every threshold, from 0.5 (on one) to 1; None for a note that is not read."""
    return [None if doubt is None else float(expit(-doubt.strength)) for doubt in uncertain(opinions)]


def _nearest(opinions: Opinions, note: int) -> Doubt | None:
    if not opinions.read[note]:
        return None
    leads = opinions.model[note]
    label = int(np.abs(leads).argmin())
    threshold = opinions.thresholds[label]
    probability = expit(leads[label] + logit(threshold))
    why = f"{opinions.labels[label]}: probability {probability:.2f}, claimed from {threshold:.2f} on"
    return Doubt(-float(abs(leads[label])), why)


def disagreeing(opinions: Opinions) -> list[Doubt | None]:
    """Notes of which one opinion claims a label and the other does not; None for all others.

    The strength is how far, in log-odds, the less decided of the two is from its threshold.
    """
    return [_contested(opinions, note) for note in range(len(opinions))]


def _contested(opinions: Opinions, note: int) -> Doubt | None:
    if not opinions.read[note]:
        return None
    strengths = _strengths(opinions.first[note], opinions.second[note])
    if strengths.max() <= 0:
        return None
    label = int(strengths.argmax())
    first_claims = opinions.first[note, label] > 0
    claiming, denying = opinions.names if first_claims else opinions.names[::-1]
    return Doubt(float(strengths.max()), f"{opinions.labels[label]}: claimed by {claiming}, not by {denying}")


def _strengths(first: Leads, second: Leads) -> Leads:
    return np.asarray(np.minimum(np.maximum(first, second), -np.minimum(first, second)))
