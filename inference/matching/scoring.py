"""How good an eligible module is for a physician: what it answers, where it can be said, how new it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from ...embeddings.fusion import DENSE_SHARE, fuse
from ...embeddings.grid import on_grid
from .channel_bits import unpacked
from .channel_choice import ChannelChoice
from .eligibility import Eligibility
from .needs import Need
from .own_words import Quote
from .shelf import Rows, Scores, Section, Shelf
from .topic_space import TopicSpace, unit

SHOWN_HALF_LIFE_DAYS = 60.0

CANDIDATES = 50
"""The modules of the highest scores, among which diversity and the policy choose."""


@dataclass(frozen=True)
class ScoreWeights:
    """Shares of a module's score, which is their weighted sum; they add up to 1, so a score is in [0, 1].

    need: answers to the needs; channel: chance that its channel is used; novelty: not shown lately; freshness:
    approved lately. `topic` is the share, within need, of the focus on the topic against what the search says, and
    `dense`, within the search, that of vectors against words.
    """

    need: float = 0.85
    channel: float = 0.05
    novelty: float = 0.05
    freshness: float = 0.05
    topic: float = 0.9
    dense: float = DENSE_SHARE


@dataclass(frozen=True)
class Audience:
    """One physician and brand as scoring sees it: needs, what may be shown, channels, decayed showings by module id."""

    needs: tuple[Need, ...]
    eligibility: Eligibility
    choice: ChannelChoice
    shown: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ranked:
    """The candidates of one physician, ascending by row.

    Attributes:
        rows: (m,) rows of the shelf.
        scores: (m,)
        channels: (m,) the channel that each would use.
        spreads: (m, needs) how much a score changes where the belief in a need rises by one standard deviation.
        cosines: (m, m) of their wording.
        vectors: (needs, d) what each need was searched with.
    """

    rows: Rows
    scores: NDArray[np.float64]
    channels: tuple[str, ...]
    spreads: NDArray[np.float64]
    cosines: Scores
    vectors: Vectors


def rank_together(
    shelf: Shelf,
    audiences: Sequence[Audience],
    quotes: Mapping[str, Quote],
    topics: TopicSpace,
    as_of: date,
    weights: ScoreWeights,
    *,
    only_answering: bool = False,
) -> Iterator[Ranked]:
    """The candidates of each of some physicians who are alike; all are scored in a few matrix operations.

    Needs are searched for with their topic and those of the physician's own words that `quotes` knows, among the
    modules that may be shown to such physicians.

    Args:
        shelf: the modules of the brand.
        audiences: physicians, all with the same `eligibility.audience`.
        quotes: by their words.
        topics: of the needs.
        as_of: the day.
        weights: of the score's parts.
        only_answering: leave out modules that answer none of the needs.
    """
    if not audiences:
        return
    section = shelf.section(audiences[0].eligibility.audience, as_of)
    needs = [need for audience in audiences for need in audience.needs]
    own = [[quote for text in need.own_words if (quote := quotes.get(text))] for need in needs]
    vectors = _need_vectors(needs, topics, own)
    words = [[word for quote in of_need for word in quote.words] for of_need in own]
    columns = [topics.column(need.topic) for need in needs]
    relevance = _relevance(section, columns, vectors, words, weights)
    besides = np.float32(weights.freshness) * section.freshness + np.float32(weights.novelty)
    start = 0
    for audience in audiences:
        end = start + len(audience.needs)
        scores = np.float32(weights.need) * _need_scores(audience.needs, relevance[start:end]) + besides
        among = shelf.answering_any(columns[start:end], section.rows) if only_answering else None
        yield _candidates(shelf, section, audience, scores, relevance[start:end], vectors[start:end], weights, among)
        start = end


def _need_vectors(needs: Sequence[Need], topics: TopicSpace, own: Sequence[Sequence[Quote]]) -> Vectors:
    """One unit vector a need (needs, d): its topic and the physician's own words, half and half."""
    vectors = np.empty((len(needs), topics.vectors.shape[1]), dtype=np.float32)
    for row, need in enumerate(needs):
        vectors[row] = topics.query(need.topic, need.polarity)
    spoken = [row for row, quotes in enumerate(own) if quotes]
    if spoken:
        said = np.stack([quote.vector for quotes in own for quote in quotes])
        starts = np.cumsum([0, *(len(own[row]) for row in spoken[:-1])])
        vectors[spoken] += unit(np.add.reduceat(said, starts, axis=0))
        vectors[spoken] = unit(vectors[spoken])
    return on_grid(vectors)


def _relevance(
    section: Section, columns: Sequence[int], vectors: Vectors, words: Sequence[Sequence[str]], weights: ScoreWeights
) -> Scores:
    """How well each module answers each need (needs, m), in [0, 1].

    Most (`weights.topic`) is the module's focus on the topic, the rest the search for the need as the physician put it.
    """
    dense = section.similarities(vectors)
    lexical = section.lexical_scores(columns, words) if weights.dense < 1 else dense
    relevance = fuse(dense, lexical, dense_share=weights.dense)
    relevance *= np.float32(1 - weights.topic)
    relevance += np.float32(weights.topic) * section.focus_by_topic[columns]
    return relevance


def _need_scores(needs: Sequence[Need], relevance: Scores) -> Scores:
    """The relevance (needs, m) of each module to all needs (m,), weighted; added up in one order, whoever else asks."""
    scores = np.zeros(relevance.shape[1], dtype=np.float32)
    for need, of_need in zip(needs, relevance, strict=True):
        scores += np.float32(need.weight) * of_need
    return scores


def _candidates(
    shelf: Shelf,
    section: Section,
    audience: Audience,
    scores: Scores,
    relevance: Scores,
    vectors: Vectors,
    weights: ScoreWeights,
    among: NDArray[np.bool_] | None,
) -> Ranked:
    """The best of the eligible modules, or of those `among` (m,) them.

    `scores` (m,) lack the channel, and count every module as new.
    """
    verdict, choice = audience.eligibility, audience.choice
    scores += np.float32(weights.channel) * verdict.engagement(choice)
    shown = {row: times for key, times in audience.shown.items() if (row := shelf.row_of.get(key)) is not None}
    for row, place in verdict.audience.places(shown):
        scores[place] -= weights.novelty * (1 - 1 / (1 + shown[row]))
    best = _best(scores, np.flatnonzero(verdict.allowed if among is None else (verdict.allowed != 0) & among))
    doubts = [weights.need * need.weight * need.deviation / need.probability for need in audience.needs]
    return Ranked(
        rows=section.rows[best],
        scores=np.clip(scores[best].astype(np.float64), 0.0, 1.0),
        channels=choice.names(unpacked(verdict.allowed[best])),
        spreads=relevance[:, best].T * np.array(doubts),
        cosines=section.cosines(best),
        vectors=vectors,
    )


def _best(scores: Scores, eligible: Rows) -> Rows:
    """Places of the highest scores among the eligible, ascending; of equal ones the first."""
    if len(eligible) <= CANDIDATES:
        return eligible
    among = scores[eligible]
    least = np.partition(among, len(among) - CANDIDATES)[len(among) - CANDIDATES]
    above, level = eligible[among > least], eligible[among == least]
    places: Rows = np.sort(np.concatenate([above, level[: CANDIDATES - len(above)]]))
    return places
