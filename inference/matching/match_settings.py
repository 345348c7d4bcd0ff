"""What a user may tune of matching."""

from __future__ import annotations

from dataclasses import dataclass, field

from .eligibility_settings import EligibilitySettings
from .policy import Greedy, Policy
from .ranking_settings import RankingSettings
from .scoring import ScoreWeights


@dataclass(frozen=True)
class MatchSettings:
    """Weights, rules and policy.

    The same `seed` makes the same choices, whoever else is asked about; only policies that try something need it.

    Attributes:
        own_words: whether the physician's own words are searched with, besides the topic.
        learned_topics: whether a model that learned the taxonomy's topics says which of them a module answers;
            without it similarity does, as where no model knows a topic.
    """

    weights: ScoreWeights = field(default_factory=ScoreWeights)
    eligibility: EligibilitySettings = field(default_factory=EligibilitySettings)
    ranking: RankingSettings = field(default_factory=RankingSettings)
    own_words: bool = True
    learned_topics: bool = True
    policy: Policy = field(default_factory=Greedy)
    seed: int = 0
