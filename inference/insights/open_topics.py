"""Topics that no model was trained for, read from their description and examples alone.

A clause speaks of such a topic as far as its vector lies near the topic's description, or near its examples where it
has some, and nearer than to any other topic's. How near is near enough, and which way of speaking drives or holds back
whatever the topic, is learned once from notes about known topics, each in turn taken for unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...embeddings.clauses import Clause, split_clauses
from ...embeddings.encoder import Encoder, Vectors
from ...prompts import POLARITIES, Taxonomy, Topic
from ...prompts.taxonomy import Examples
from ..triage import triage_texts
from .gold import GoldNote

_NEAREST_SHARE = 0.2
"""Share of a topic's examples, the nearest ones, that a clause is compared with."""
_SHOWN_EXAMPLES = 5
"""Examples a topic (of each polarity) that are shown where it is taken for one with a handful of them."""
_NEAREST = 1e-6


@dataclass(frozen=True)
class Nearness:
    """P(a clause is about a topic) = sigmoid(weights · (similarity, lead over the next topic) + bias).

    `threshold` is the probability of a topic and polarity from which it is claimed.
    """

    weights: tuple[float, float]
    bias: float
    threshold: float

    def probabilities(self, similarity: NDArray[np.float64], lead: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the same shape as both."""
        return np.asarray(expit(self.weights[0] * similarity + self.weights[1] * lead + self.bias))


@dataclass(frozen=True)
class OpenCurves:
    """What is known of unknown topics: nearness to a description alone and to examples; the polarity of a vector."""

    described: Nearness
    exemplified: Nearness
    polarity: tuple[float, ...]
    polarity_bias: float

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "described": vars(self.described),
            "exemplified": vars(self.exemplified),
            "polarity": [round(weight, 4) for weight in self.polarity],
            "polarity_bias": self.polarity_bias,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> OpenCurves:
        """From what `to_json` gave."""
        described, exemplified = (
            Nearness(tuple(record[name]["weights"]), record[name]["bias"], record[name]["threshold"])
            for name in ("described", "exemplified")
        )
        return cls(described, exemplified, tuple(record["polarity"]), record["polarity_bias"])

    def driving(self, vectors: Vectors) -> NDArray[np.float64]:
        """P(driver) of clauses (n,) that are about a topic."""
        return np.asarray(expit(vectors @ np.asarray(self.polarity) + self.polarity_bias), dtype=np.float64)


@dataclass(frozen=True)
class OpenReading:
    """Of n texts for T topics: probabilities and spans of their clauses, (n, 2 T) and (n, 2 T, 2), driver first."""

    probabilities: NDArray[np.float64]
    spans: NDArray[np.int64]


class OpenTopics:
    """Reads topics that no tagger knows.

    Args:
        topics: those to read.
        others: those that a clause may be about instead.
        curves: how near is near enough.
        encoder: turns clauses and topics into vectors.
    """

    def __init__(self, topics: Sequence[Topic], others: Sequence[Topic], curves: OpenCurves, encoder: Encoder) -> None:
        self.topics = tuple(topics)
        self._curves = curves
        self._encoder = encoder
        self._anchors = [_Anchor.of(topic, encoder) for topic in topics]
        known = [_Anchor.of(topic, encoder).description for topic in others]
        self._rivals = np.stack(known) if known else np.empty((0, encoder.dimension), dtype=np.float32)

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The probability (2 T,) from which each topic and polarity is claimed."""
        curves = [self._curves.exemplified if anchor.examples else self._curves.described for anchor in self._anchors]
        return np.repeat([curve.threshold for curve in curves], len(POLARITIES))

    def read(self, texts: Sequence[str]) -> OpenReading:
        """What the likeliest clause of each redacted text says."""
        clauses = [_worded(text) for text in texts]
        flat = [text[start:end] for text, some in zip(texts, clauses, strict=True) for start, end in some]
        by_clause = self._by_clause(self._encoder.encode(flat))
        columns = len(self.topics) * len(POLARITIES)
        probabilities = np.full((len(texts), columns), _NEAREST)
        spans = np.zeros((len(texts), columns, 2), dtype=np.int64)
        first = 0
        for row, some in enumerate(clauses):
            if some:
                own = by_clause[first : first + len(some)]
                first += len(some)
                best = own.argmax(axis=0)
                probabilities[row] = own[best, np.arange(columns)]
                spans[row] = np.asarray(some)[best]
        return OpenReading(probabilities, spans)

    def _by_clause(self, vectors: Vectors) -> NDArray[np.float64]:
        """Probabilities (clauses, 2 T)."""
        found = np.empty((len(vectors), len(self.topics), len(POLARITIES)))
        driving = self._curves.driving(vectors)
        similar = np.stack([anchor.similarity(vectors) for anchor in self._anchors], axis=1)
        to_known = np.asarray(vectors @ self._rivals.T, dtype=np.float64)
        for number, anchor in enumerate(self._anchors):
            rivals = np.concatenate([np.delete(similar, number, axis=1), to_known], axis=1)
            lead = similar[:, number] - _highest(rivals)
            curve = self._curves.exemplified if anchor.examples else self._curves.described
            about = curve.probabilities(similar[:, number], lead)
            drives = anchor.driving(vectors, driving)
            found[:, number, 0], found[:, number, 1] = about * drives, about * (1 - drives)
        return np.clip(found.reshape(len(vectors), len(self.topics) * len(POLARITIES)), _NEAREST, 1 - _NEAREST)


@dataclass(frozen=True)
class _Anchor:
    """Vectors of a topic's description (d,) and of its examples by polarity (k, d)."""

    description: Vectors
    examples: dict[str, Vectors]

    @classmethod
    def of(cls, topic: Topic, encoder: Encoder) -> _Anchor:
        description = encoder.encode([f"{topic.name}: {topic.description}"])[0]
        shown = {polarity: topic.examples.of(polarity) for polarity in POLARITIES}
        return cls(description, {name: encoder.encode(texts) for name, texts in shown.items() if texts})

    def similarity(self, vectors: Vectors) -> NDArray[np.float64]:
        """How near clauses (n,) are: to the nearest examples, or to the description where there are none."""
        if not self.examples:
            return np.asarray(vectors @ self.description, dtype=np.float64)
        return _nearest(vectors, np.concatenate(list(self.examples.values())))

    def driving(self, vectors: Vectors, otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(driver): leaning to the nearer examples where there are some of both polarities."""
        if len(self.examples) < len(POLARITIES):
            return otherwise
        lean = _nearest(vectors, self.examples["driver"]) - _nearest(vectors, self.examples["barrier"])
        return np.asarray(expit(np.log(otherwise / (1 - otherwise)) + _LEANING * lean))


_LEANING = 8.0
"""Log-odds of a driver for each unit of cosine by which its examples are nearer than the barrier's."""


def _highest(rivals: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest similarity (n,) to any rival (n, r); 0 where there is none."""
    return np.asarray(rivals.max(axis=1, initial=-1.0) if rivals.shape[1] else np.zeros(len(rivals)))


def _nearest(vectors: Vectors, examples: Vectors) -> NDArray[np.float64]:
    """Mean similarity (n,) to the nearest examples."""
    similar = np.sort(vectors @ examples.T, axis=1)[:, ::-1]
    nearest = max(1, round(_NEAREST_SHARE * len(examples)))
    return np.asarray(similar[:, :nearest].mean(axis=1), dtype=np.float64)


def _worded(text: str) -> list[Clause]:
    return [clause for clause in split_clauses(text) if any(map(str.isalnum, text[clause.start : clause.end]))]


def fit_open_curves(notes: Sequence[GoldNote], taxonomy: Taxonomy, encoder: Encoder) -> OpenCurves:
    """Learn from labelled notes what can be said of topics nobody labelled.

    Args:
        notes: labelled notes, about known topics.
        taxonomy: those topics; each in turn is taken for unknown.
        encoder: turns clauses into vectors.
    """
    clauses, about, drives = _labelled_clauses(notes, taxonomy)
    vectors = encoder.encode(clauses)
    stated = about.any(axis=1)
    weights, bias = _polarity(vectors[stated], drives[stated])
    driving = np.asarray(expit(vectors @ weights + bias), dtype=np.float64)
    described, exemplified = (
        _fit_nearness(
            vectors, about, drives, driving, [_Anchor.of(_shown(topic, examples), encoder) for topic in taxonomy.topics]
        )
        for examples in (False, True)
    )
    return OpenCurves(described, exemplified, tuple(map(float, weights)), bias)


def _polarity(vectors: Vectors, drives: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights (d,) and bias of a driver's log-odds; of one polarity alone nothing can be learned."""
    from sklearn.linear_model import LogisticRegression

    if drives.all() or not drives.any():
        return np.zeros(vectors.shape[1]), 0.0
    model = LogisticRegression(max_iter=1000).fit(vectors, drives)
    return model.coef_[0], float(model.intercept_[0])


def _shown(topic: Topic, examples: bool) -> Topic:
    count = _SHOWN_EXAMPLES if examples else 0
    kept = Examples(driver=topic.examples.driver[:count], barrier=topic.examples.barrier[:count])
    return topic.model_copy(update={"examples": kept})


def _fit_nearness(
    vectors: Vectors,
    about: NDArray[np.bool_],
    drives: NDArray[np.bool_],
    driving: NDArray[np.float64],
    anchors: Sequence[_Anchor],
) -> Nearness:
    """One curve for all topics; a topic's rivals are the others' descriptions, as they will be."""
    from sklearn.linear_model import LogisticRegression

    descriptions = np.stack([anchor.description for anchor in anchors])
    to_description = vectors @ descriptions.T
    similarity = np.stack([anchor.similarity(vectors) for anchor in anchors], axis=1)
    lead = np.stack(
        [similarity[:, i] - _highest(np.delete(to_description, i, axis=1)) for i in range(len(anchors))], axis=1
    )
    pairs = np.stack([similarity.ravel(), lead.ravel()], axis=1)
    model = LogisticRegression(max_iter=1000).fit(pairs, about.ravel())
    curve = Nearness((float(model.coef_[0, 0]), float(model.coef_[0, 1])), float(model.intercept_[0]), 0.5)
    topic = curve.probabilities(similarity, lead)
    leaning = np.stack([anchor.driving(vectors, driving) for anchor in anchors], axis=1)
    by_polarity = np.concatenate([topic * leaning, topic * (1 - leaning)])
    truth = np.concatenate([about & drives[:, None], about & ~drives[:, None]])
    return Nearness(curve.weights, curve.bias, _cautious_threshold(by_polarity.ravel(), truth.ravel()))


def _cautious_threshold(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The threshold with the best F0.5: a false claim weighs more than a missed one (van Rijsbergen, 1979)."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, thresholds = precision_recall_curve(truth, probabilities)
    score = 1.25 * precision * recall / np.maximum(0.25 * precision + recall, _NEAREST)
    return float(thresholds[int(score[:-1].argmax())])


def _labelled_clauses(
    notes: Sequence[GoldNote], taxonomy: Taxonomy
) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_]]:
    """Clauses (n,), the topics each is about (n, topics), and whether it drives (n,)."""
    column = {topic: number for number, topic in enumerate(taxonomy.ids)}
    texts: list[str] = []
    marks: list[tuple[int, int, bool]] = []
    for note, triaged in zip(notes, triage_texts([note.text for note in notes]), strict=True):
        redacted = triaged.redacted
        spans = []
        for statement in note.insights:
            start = note.text.index(statement.evidence)
            spans.append((statement, *redacted.to_redacted(start, start + len(statement.evidence))))
        for clause in _worded(redacted.text):
            for statement, start, end in spans:
                if start < clause.end and clause.start < end:
                    marks.append((len(texts), column[statement.topic], statement.polarity == "driver"))
            texts.append(redacted.text[clause.start : clause.end])
    about = np.zeros((len(texts), len(column)), dtype=np.bool_)
    drives = np.zeros(len(texts), dtype=np.bool_)
    for row, topic, driver in marks:
        about[row, topic] = True
        drives[row] |= driver
    return texts, about, drives
