"""Priors: what is to be expected of a physician in a channel before anything is known of that one.

Each channel has a prior Beta(mean x strength, (1 - mean) x strength) estimated from all physicians by the method of
moments (Kleinman, J. Am. Stat. Assoc. 68, 1973). For a physician of a segment, the mean is moved towards the segment's
rate, as far as the segment's exposures weigh against 20 of the channel's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

SEGMENT_EXPOSURES = 20.0
WEAKEST, STRONGEST = 2.0, 10.0  # bounds of the strength, in exposures: ten of a physician's own always weigh as much

Pair = tuple[str, str]
"""(hcp_id, channel)"""


@dataclass(frozen=True)
class Count:
    """Exposures and the responses to them, each weighted (by its age), and the sum of the squared weights."""

    exposures: float
    responses: float
    squares: float


@dataclass(frozen=True)
class Prior:
    """Beta prior of an engagement probability: its mean, and its strength in exposures."""

    mean: float
    strength: float


@dataclass(frozen=True)
class Priors:
    """The priors of all channels; `overall` serves a channel in which nothing was ever logged."""

    channels: Mapping[str, Prior]
    segments: Mapping[tuple[str, str], Count]
    overall: Prior

    def of(self, channel: str, segment: str | None) -> Prior:
        """The prior of a channel, its mean moved towards the segment's."""
        prior = self.channels.get(channel, self.overall)
        count = self.segments.get((channel, segment)) if segment else None
        if count is None:
            return prior
        mean = (count.responses + SEGMENT_EXPOSURES * prior.mean) / (count.exposures + SEGMENT_EXPOSURES)
        return Prior(mean, prior.strength)


def fit_prior(counts: Iterable[Count], mean: float = 0.5) -> Prior:
    """Method-of-moments prior from one count a physician.

    The rate of n weighted exposures varies by chance as that of n**2 / squares unweighted ones; the spread between
    physicians beyond that is theirs. Where there is none, the strength is at its upper bound; with fewer than two
    physicians at its lower. Without any exposure the mean is `mean`.
    """
    seen = [count for count in counts if count.exposures > 0.0]
    n = np.array([count.exposures for count in seen])
    k = np.array([count.responses for count in seen])
    total = float(n.sum())
    if not seen:
        return Prior(mean, WEAKEST)
    centre = (float(k.sum()) + 0.5) / (total + 1.0)
    by_chance = float((np.array([count.squares for count in seen]) / n * (1.0 - n / total)).sum())
    by_physician = total - float((n**2).sum()) / total
    if by_physician <= by_chance:
        return Prior(centre, WEAKEST)
    spread = float((n * (k / n - centre) ** 2).sum()) / (centre * (1.0 - centre))
    correlation = (spread - by_chance) / (by_physician - by_chance)
    strength = STRONGEST if correlation <= 0.0 else (1.0 - correlation) / correlation
    return Prior(centre, min(max(strength, WEAKEST), STRONGEST))


def fit_priors(counts: Mapping[Pair, Count], segments: Mapping[str, str | None]) -> Priors:
    """Priors from the count of each (hcp_id, channel) and the segment of each hcp_id (None: no segment known)."""
    by_channel: dict[str, list[Count]] = defaultdict(list)
    by_segment: dict[tuple[str, str], list[Count]] = defaultdict(list)
    for (hcp_id, channel), count in sorted(counts.items()):
        by_channel[channel].append(count)
        segment = segments.get(hcp_id)
        if segment:
            by_segment[channel, segment].append(count)
    overall = fit_prior(counts.values())
    return Priors(
        channels={channel: fit_prior(group, overall.mean) for channel, group in by_channel.items()},
        segments={key: _sum(group) for key, group in by_segment.items()},
        overall=Prior(overall.mean, WEAKEST),
    )


def _sum(counts: Iterable[Count]) -> Count:
    group = list(counts)
    return Count(
        sum(count.exposures for count in group),
        sum(count.responses for count in group),
        sum(count.squares for count in group),
    )
