"""What a physician needs to hear about a brand: open barriers first, then the drivers worth reinforcing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...prompts.taxonomy import Polarity
from .evidence import Evidence

POLARITY_WEIGHTS: dict[Polarity, float] = {"barrier": 1.0, "driver": 0.5}
"""A barrier outweighs a driver: the answer to an objection moves more than what is believed already."""

RECENCY_HALF_LIFE_DAYS = 365.0
"""Long, as the profile's probability already decays with the half-life of its topic."""

OWN_WORDS = 3
"""How many quotes, newest first, speak for a need."""


DECIMALS = 6
"""Of scores and weights in JSON."""


def _nothing() -> tuple[Evidence, ...]:
    return ()


@dataclass(frozen=True)
class Need:
    """One open barrier or driver of a physician for a brand; the weights of all needs add up to 1.

    `deviation` is the standard deviation of the belief whose probability it is; 0 where no interval is known.
    `own_words` are the newest quotes, without those that carry no text (a click, a scale); `newest` is the first.
    """

    topic: str
    polarity: Polarity
    probability: float
    weight: float
    deviation: float = 0.0
    own_words: tuple[str, ...] = ()
    newest: Evidence | None = None
    read_evidence: Callable[[], tuple[Evidence, ...]] = field(default=_nothing, compare=False, repr=False)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that speaks for it, newest first; read where it is asked for."""
        return self.read_evidence()

    def to_json(self) -> dict[str, Any]:
        """JSON object with its evidence; `weight` is the share of all needs of the physician for the brand."""
        return {
            "topic": self.topic,
            "polarity": self.polarity,
            "weight": round(self.weight, DECIMALS),
            "evidence": [quote.to_json() for quote in self.evidence],
        }
