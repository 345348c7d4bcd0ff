"""What a physician needs to hear about a brand: open barriers first, then the drivers worth reinforcing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ...prompts.taxonomy import Polarity
from ..profiles import is_open
from .answer import Evidence

POLARITY_WEIGHTS: dict[Polarity, float] = {"barrier": 1.0, "driver": 0.5}
"""A barrier outweighs a driver: the answer to an objection moves more than what is believed already."""

RECENCY_HALF_LIFE_DAYS = 365.0
"""Long, as the profile's probability already decays with the half-life of its topic."""

OWN_WORDS = 3
"""How many quotes, newest first, speak for a need."""


_WIDTH_IN_DEVIATIONS = 2 * 1.6448536269514722
"""How wide the middle 90 % of a Gaussian are."""


@dataclass(frozen=True)
class Need:
    """One open barrier or driver of a physician for a brand; the weights of all needs add up to 1.

    `deviation` is the standard deviation of the belief whose probability it is; 0 where no interval is known.
    """

    topic: str
    polarity: Polarity
    probability: float
    weight: float
    evidence: tuple[Evidence, ...]
    deviation: float = 0.0

    @property
    def own_words(self) -> tuple[str, ...]:
        """The newest quotes, without those that carry no text (a click, a scale)."""
        return tuple(quote.text for quote in self.evidence if quote.text and quote.text.strip())[:OWN_WORDS]


def needs_of(profile: Iterable[Mapping[str, Any]], as_of: date) -> tuple[Need, ...]:
    """Needs from the PROFILES rows of one physician and brand, heaviest first (ties by polarity and topic).

    A row is a need while its state is open, reopened or contradicted and its probability at least 0.5. Its weight is
    polarity weight * probability * 0.5^(days since last seen / 365), divided by the sum.
    """
    raw = [_need(row, as_of) for row in profile if is_open(row)]
    total = sum(need.weight for need in raw)
    needs = [replace(need, weight=need.weight / total) for need in raw]
    return tuple(sorted(needs, key=lambda need: (-need.weight, need.polarity, need.topic)))


def _need(row: Mapping[str, Any], as_of: date) -> Need:
    age = max(0, (as_of - row["last_seen"]).days) if row["last_seen"] else 0
    weight = POLARITY_WEIGHTS[row["polarity"]] * row["probability"] * 0.5 ** (age / RECENCY_HALF_LIFE_DAYS)
    evidence = tuple(Evidence(**quote) for quote in row["evidence"] or ())
    return Need(row["topic"], row["polarity"], row["probability"], weight, evidence, _deviation(row))


def _deviation(row: Mapping[str, Any]) -> float:
    """That of a Gaussian whose middle 90 % are as wide as the interval of the belief."""
    low, high = row.get("low"), row.get("high")
    return 0.0 if low is None or high is None else float(high - low) / _WIDTH_IN_DEVIATIONS
