"""Matching with one part left out or done otherwise, to see what the part is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...embeddings import Encoder
from ...inference.matching import MatchSettings, RankingSettings, ScoreWeights
from ..results import Figure, ItemSet
from .matched_modules import MatchedModules
from .module_ranking import gain_figures

ABLATIONS: Mapping[str, MatchSettings] = {
    "topics by similarity": MatchSettings(learned_topics=False),
    "topics only": MatchSettings(weights=ScoreWeights(topic=1.0)),
    "search only": MatchSettings(weights=ScoreWeights(topic=0.0)),
    "search by vectors": MatchSettings(weights=ScoreWeights(dense=1.0)),
    "search by words": MatchSettings(weights=ScoreWeights(dense=0.0)),
    "search only, by vectors": MatchSettings(weights=ScoreWeights(topic=0.0, dense=1.0)),
    "search only, by words": MatchSettings(weights=ScoreWeights(topic=0.0, dense=0.0)),
    "without own words": MatchSettings(own_words=False),
    "without diversity": MatchSettings(ranking=RankingSettings(diversity=0.0)),
}
"""What differs from the matcher as it ships, by name."""


def ablation_figures(suite: str, matched: Sequence[MatchedModules], items: ItemSet, encoder: Encoder) -> list[Figure]:
    """NDCG and its gain under each ablation, of each run."""
    return [
        figure
        for one in matched
        for name, settings in ABLATIONS.items()
        for figure in gain_figures(suite, _ablated(one, encoder, settings, name), items)
    ]


def _ablated(one: MatchedModules, encoder: Encoder, settings: MatchSettings, name: str) -> MatchedModules:
    return MatchedModules.of(one.run, one.catalogue, one.gold, encoder, settings, name)
