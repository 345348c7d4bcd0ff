"""Which topics of the taxonomy a module answers, told by comparing all topics with one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Encoder, Vectors
from ...prompts.taxonomy import POLARITIES, Polarity, Taxonomy, Topic

TOP_TOPICS = 3
"""A module answers no more topics than this (and no more than a third of a small taxonomy)."""

LEAST_FOCUS = float(np.exp(-1.0))
"""A topic this far behind the module's main one is not answered: by similarity one standard deviation, by the reader
of topics about a third as likely."""

PRIOR_MODULES = 20
"""The taxonomy's own clauses weigh as much as this many modules in what similarity is usual for a topic."""

_DESCRIPTION = -1

Focus = NDArray[np.float64]


class TopicSpace:
    """The topics as vectors, and the similarity that any text has with each of them.

    A topic's vector is the mean direction of its name with description, the centre of its driver examples and the
    centre of its barrier examples. Encodes the whole taxonomy once.
    """

    def __init__(self, taxonomy: Taxonomy, encoder: Encoder) -> None:
        self.taxonomy = taxonomy
        self._columns = {topic_id: column for column, topic_id in enumerate(taxonomy.ids)}
        texts = [clauses_of(topic) for topic in taxonomy.topics]
        encoded = encoder.encode([text for clauses in texts for text in clauses])
        ends = np.cumsum([0, *(len(clauses) for clauses in texts)])
        blocks = [encoded[start:end] for start, end in pairwise(ends)]
        queries = {
            (topic.id, polarity): unit(block[_DESCRIPTION] + _centre(_examples(topic, block, polarity)))
            for topic, block in zip(taxonomy.topics, blocks, strict=True)
            for polarity in POLARITIES
        }
        self.vectors: Vectors = np.stack(
            [unit(queries[topic_id, "driver"] + queries[topic_id, "barrier"]) for topic_id in taxonomy.ids]
        )
        self._queries = np.stack(list(queries.values()))
        self._query_of = {asked: row for row, asked in enumerate(queries)}
        self._usual, self._spread = _usual_similarity(self.vectors, blocks)

    def column(self, topic_id: str) -> int:
        """Column of a topic in every (n, topics) array."""
        return self._columns[topic_id]

    def queries(self, asked: Iterable[tuple[str, Polarity]]) -> Vectors:
        """Unit vectors (n, d), each of which asks for a topic in the words of one polarity."""
        rows = np.array([self._query_of[each] for each in asked], dtype=np.intp)
        return self._queries[rows]

    def focus(self, similarities: NDArray[np.float32]) -> Focus:
        """How much each of n modules is about each topic, (n, topics): 1 for the main one, 0 for those not answered.

        From each similarity (n, topics) what is usual for the topic is subtracted (its mean over these modules,
        shrunk towards its mean over the taxonomy's clauses on other topics), so that a topic which resembles every
        text does not stand out. In units of the spread over those clauses, a topic that lies x behind the module's
        best has exp(-x). A module answers the 3 foremost topics (equal ones in the taxonomy's order) as far as they
        lie at most one unit behind.
        """
        count = len(similarities)
        usual = (similarities.sum(axis=0, dtype=np.float64) + PRIOR_MODULES * self._usual) / (count + PRIOR_MODULES)
        standardised = (similarities - usual) / self._spread
        focus: Focus = np.exp(standardised - standardised.max(axis=1, keepdims=True))
        focus[~answers(focus)] = 0.0
        return focus


def answers(focus: Focus) -> NDArray[np.bool_]:
    """Which topics (n, topics) are answered: the foremost, equal ones in order, and not too far behind the main one."""
    top = max(1, min(TOP_TOPICS, focus.shape[1] // 3))
    ranks = np.argsort(np.argsort(-focus, axis=1, kind="stable"), axis=1, kind="stable")
    answered: NDArray[np.bool_] = (ranks < top) & (focus >= LEAST_FOCUS)
    return answered


def unit(vectors: Vectors) -> Vectors:
    """Each vector (…, d) scaled to length 1; a zero vector stays zero."""
    lengths = np.sqrt(np.einsum("...d,...d->...", vectors, vectors))[..., None]
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)


def clauses_of(topic: Topic) -> list[str]:
    """The examples of both polarities, the description last."""
    return [*topic.examples.driver, *topic.examples.barrier, describe(topic)]


def describe(topic: Topic) -> str:
    """Name and description as one text."""
    return f"{topic.name}: {topic.description}"


def _examples(topic: Topic, block: Vectors, polarity: Polarity) -> Vectors:
    drivers = len(topic.examples.driver)
    return block[:drivers] if polarity == "driver" else block[drivers:_DESCRIPTION]


def _centre(vectors: Vectors) -> Vectors:
    return unit(vectors.sum(axis=0))


def _usual_similarity(topics: Vectors, blocks: Sequence[Vectors]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each topic's similarity with the clauses of all other topics; 0 and 1 if none."""
    usual, spread = np.zeros(len(topics)), np.ones(len(topics))
    for column, topic in enumerate(topics):
        others = [block @ topic for other, block in enumerate(blocks) if other != column]
        if others:
            similarities = np.concatenate(others).astype(np.float64)
            usual[column] = similarities.mean()
            spread[column] = similarities.std() or 1.0
    return usual, spread
