"""How good an eligible module is for a physician: what it answers, where it can be said, how new it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from ...embeddings.fusion import RANK_CONSTANT, reciprocal_rank_fusion
from ..records.schemas import CHANNELS
from .needs import Need
from .shelf import Rows, Shelf
from .topic_space import TopicSpace, describe, unit

Scores = NDArray[np.float64]

FRESHNESS_HALF_LIFE_DAYS = 365.0
SHOWN_HALF_LIFE_DAYS = 60.0


@dataclass(frozen=True)
class ScoreWeights:
    """Shares of a module's score, which is their weighted sum; they add up to 1, so a score is in [0, 1].

    need: answers to the needs; channel: chance that its channel is used; novelty: not shown lately; freshness:
    approved lately. `topic` is the share, within need, of the focus on the topic against that of the retrieval ranks.
    """

    need: float = 0.85
    channel: float = 0.05
    novelty: float = 0.05
    freshness: float = 0.05
    topic: float = 0.75


@dataclass(frozen=True)
class ChannelPreference:
    """What the profile knows of a physician and one channel; `p_engage` in [0, 1]."""

    p_engage: float = 0.0
    avoided: bool = False


@dataclass(frozen=True)
class Audience:
    """One physician and brand as scoring sees it: needs, channels by name, decayed showings by module id."""

    needs: tuple[Need, ...]
    channels: Mapping[str, ChannelPreference] = field(default_factory=dict)
    shown: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """Eligible rows of a shelf with their score (rows,) and the channel that each would use.

    `spreads` (rows, needs) is how much a score changes where the belief in a need rises by one standard deviation.
    """

    rows: Rows
    scores: Scores
    channels: tuple[str, ...]
    spreads: Scores


def need_vectors(needs: Sequence[Need], topics: TopicSpace, quotes: Mapping[str, Vectors]) -> Vectors:
    """One unit vector a need (needs, d): its topic and the physician's own words, half and half."""
    vectors = []
    for need in needs:
        topic = topics.query(need.topic, need.polarity)
        words = [quotes[text] for text in need.own_words]
        vectors.append(unit(topic + unit(np.sum(words, axis=0))) if words else topic)
    return np.array(vectors, dtype=np.float32).reshape(len(needs), topics.vectors.shape[1])


def rank(
    shelf: Shelf,
    rows: Rows,
    usable_channels: NDArray[np.bool_],
    audience: Audience,
    vectors: Vectors,
    topics: TopicSpace,
    as_of: date,
    weights: ScoreWeights,
) -> Ranked:
    """Score the eligible `rows`; `usable_channels` is (rows, len(CHANNELS)), `vectors` those of the needs."""
    relevance = _relevance(shelf, rows, audience.needs, vectors, topics, weights.topic)
    need_weights = np.array([need.weight for need in audience.needs])
    channels, engagement = _best_channels(usable_channels, audience.channels)
    modules = [shelf.modules[row] for row in rows]
    shown = np.array([audience.shown.get(module.module_id, 0.0) for module in modules])
    ages = np.array([(as_of - (module.approved_at or date.min)).days for module in modules], dtype=np.float64)
    scores = (
        weights.need * (relevance @ need_weights)
        + weights.channel * engagement
        + weights.novelty / (1.0 + shown)
        + weights.freshness * 0.5 ** (ages / FRESHNESS_HALF_LIFE_DAYS)
    )
    doubts = np.array([need.weight * need.deviation / need.probability for need in audience.needs])
    return Ranked(rows, scores, channels, weights.need * relevance * doubts)


def _relevance(
    shelf: Shelf, rows: Rows, needs: Sequence[Need], vectors: Vectors, topics: TopicSpace, topic_share: float
) -> Scores:
    """How well each module answers each need (rows, needs), in [0, 1].

    Most (`topic_share`) is the module's focus on the topic. The rest is for the need as the physician put it: dense
    and lexical ranks among the eligible modules, fused by reciprocal ranks and divided by the best attainable.
    """
    dense = shelf.similarities(vectors, rows)
    relevance = np.zeros((len(rows), len(needs)))
    for column, need in enumerate(needs):
        words = " ".join([describe(topics.taxonomy.by_id[need.topic]), *need.own_words])
        fused = reciprocal_rank_fusion([dense[:, column], shelf.lexical_scores(words, rows)])
        focus = shelf.focus[rows, topics.column(need.topic)]
        relevance[:, column] = topic_share * focus + (1 - topic_share) * fused * (RANK_CONSTANT + 1) / 2
    return relevance


def _best_channels(
    usable: NDArray[np.bool_], preferences: Mapping[str, ChannelPreference]
) -> tuple[tuple[str, ...], Scores]:
    """The best usable channel of each module and its chance of engagement.

    Channels that the physician does not avoid come first, then those more likely to engage, then by name; nothing
    known counts as 0.
    """
    known = {name: preferences.get(name, ChannelPreference()) for name in CHANNELS}
    order = sorted(CHANNELS, key=lambda name: (known[name].avoided, -known[name].p_engage, name))
    positions = np.array([CHANNELS.index(name) for name in order])
    best = [order[column] for column in usable[:, positions].argmax(axis=1)]
    return tuple(best), np.array([known[name].p_engage for name in best])
