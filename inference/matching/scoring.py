"""How good an eligible module is for a physician: what it answers, where it can be said, how new it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from ...embeddings.fusion import DENSE_SHARE, fuse
from ...embeddings.grid import on_grid
from .channel_bits import Bits
from .channel_choice import ChannelChoice
from .eligibility import Eligibility, channels_left, engagement
from .needs import Need
from .own_words import Quote
from .shelf import Rows, Scores, Section, Shelf
from .topic_space import TopicSpace, unit

SHOWN_HALF_LIFE_DAYS = 60.0


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
class Scored:
    """The modules of a section (m of them) as b physicians see them who are alike.

    Attributes:
        section: what was searched.
        audiences: (b,) the physicians.
        scores: (b, m) of all modules, also of those that may not be shown.
        eligible: (b, m) whether each may be shown.
        left: (b, m) the sets of channels through which it may.
        ends: (b + 1,) where the needs of each physician begin and end.
        relevance: (needs, m) how well each module answers each need, in [0, 1].
        vectors: (needs, d) what each need was searched with.
    """

    section: Section
    audiences: Sequence[Audience]
    scores: Scores
    eligible: NDArray[np.bool_]
    left: Bits
    ends: Rows
    relevance: Scores
    vectors: Vectors


def score_together(
    shelf: Shelf,
    audiences: Sequence[Audience],
    quotes: Mapping[str, Quote],
    topics: TopicSpace,
    as_of: date,
    weights: ScoreWeights,
    *,
    only_answering: bool = False,
) -> Scored:
    """Score what may be shown to some physicians who are alike in a few matrix operations.

    Needs are searched for with their topic and those of the physician's own words that `quotes` knows, among the
    modules that may be shown to such physicians. A score is the same whoever else is asked about.

    Args:
        shelf: the modules of the brand.
        audiences: physicians (b,), at least one, all with the same `eligibility.audience`.
        quotes: by their words.
        topics: of the needs.
        as_of: the day.
        weights: of the score's parts.
        only_answering: leave out modules that answer none of the needs.
    """
    verdicts, choices = [one.eligibility for one in audiences], [one.choice for one in audiences]
    section = shelf.section(verdicts[0].audience, as_of)
    needs = [need for audience in audiences for need in audience.needs]
    own = [[quote for text in need.own_words if (quote := quotes.get(text))] for need in needs]
    vectors = _need_vectors(needs, topics, own)
    columns = [topics.column(need.topic) for need in needs]
    relevance = _relevance(section, columns, vectors, own, weights)
    left = channels_left(verdicts)
    scores = np.float32(weights.need) * _need_scores(audiences, relevance)
    scores += np.float32(weights.freshness) * section.freshness + np.float32(weights.novelty)
    scores += np.float32(weights.channel) * engagement(verdicts, choices, left)
    _make_less_new(scores, shelf, audiences, weights.novelty)
    ends = np.cumsum([0, *(len(audience.needs) for audience in audiences)])
    eligible = left != 0
    if only_answering:
        answering = [shelf.answering_any(columns[start:end], section.rows) for start, end in pairwise(ends)]
        eligible &= np.stack(answering)
    return Scored(section, audiences, scores, eligible, left, ends, relevance, vectors)


def _need_vectors(needs: Sequence[Need], topics: TopicSpace, own: Sequence[Sequence[Quote]]) -> Vectors:
    """One unit vector a need (needs, d): its topic and the physician's own words, half and half."""
    vectors = topics.queries([(need.topic, need.polarity) for need in needs])
    spoken = [row for row, quotes in enumerate(own) if quotes]
    if spoken:
        said = np.array([quote.vector for quotes in own for quote in quotes])
        if len(said) > len(spoken):
            starts = np.cumsum([0, *(len(own[row]) for row in spoken[:-1])])
            said = np.add.reduceat(said, starts, axis=0)
        vectors[spoken] = unit(vectors[spoken] + unit(said))
    return on_grid(vectors)


def _relevance(
    section: Section, columns: Sequence[int], vectors: Vectors, own: Sequence[Sequence[Quote]], weights: ScoreWeights
) -> Scores:
    """How well each module answers each need (needs, m), in [0, 1].

    Most (`weights.topic`) is the module's focus on the topic, the rest the search for the need as the physician put it.
    """
    dense = section.similarities(vectors)
    lexical = dense
    if weights.dense < 1:
        words = [[word for quote in of_need for word in quote.words] for of_need in own]
        lexical = section.lexical_scores(columns, words)
    relevance = fuse(dense, lexical, dense_share=weights.dense)
    relevance *= np.float32(1 - weights.topic)
    focus = section.focus_by_topic[columns]
    focus *= np.float32(weights.topic)
    relevance += focus
    return relevance


def _need_scores(audiences: Sequence[Audience], relevance: Scores) -> Scores:
    """The relevance of each module to all needs of each physician (b, m), weighted; `relevance` is (needs, m).

    A physician's needs are added up in their order, whoever else asks.
    """
    counts = np.array([len(audience.needs) for audience in audiences])
    starts = np.cumsum(counts) - counts
    scores = np.zeros((len(audiences), relevance.shape[1]), dtype=np.float32)
    for number in range(counts.max()):
        having = np.flatnonzero(counts > number)
        weights = np.array([audiences[one].needs[number].weight for one in having.tolist()], dtype=np.float32)
        scores[having] += weights[:, None] * relevance[starts[having] + number]
    return scores


def _make_less_new(scores: Scores, shelf: Shelf, audiences: Sequence[Audience], novelty: float) -> None:
    """Take from the scores (b, m) of what was shown before: nothing of what never was, towards all of `novelty`."""
    place_of, nowhere = audiences[0].eligibility.audience.place_of, -1
    shown = [
        (number, place, times)
        for number, audience in enumerate(audiences)
        for module_id, times in audience.shown.items()
        if (place := place_of.get(shelf.row_of.get(module_id, nowhere))) is not None
    ]
    if shown:
        numbers, places, times = (np.array(column) for column in zip(*shown, strict=True))
        scores[numbers, places] -= (novelty * (1 - 1 / (1 + times))).astype(np.float32)
