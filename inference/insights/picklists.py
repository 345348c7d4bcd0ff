"""Structured fields of a call (objection, reaction, outcome) → statements: many call systems have nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...prompts import Polarity, Taxonomy
from ..triage import triage_texts
from .model import InsightModel, statement_label
from .statement import Annotation, Evidence, Flag, Statement

PICKLIST = "picklist"
PICKLIST_FIELDS = ("objection", "reaction", "outcome")
NAMED_TOPIC_PROBABILITY = 0.9
"""A rep chose the topic from a list: nearly certain, but it is the rep's reading."""

_NOTHING = frozenset(
    {"", "none", "no", "n_a", "na", "no_objection", "none_voiced", "not_applicable", "other", "unknown"}
)
_NOT_WORD = re.compile(r"[\W_]+")


class PicklistReader:
    """Reads picklist values; each distinct value goes through the model once.

    An objection that names a topic (its id or name) is a barrier of that topic. Any other value is read by the model
    as a text of its own; an objection can then only be a barrier. A value that says nothing ("none") is skipped.
    """

    def __init__(self, model: InsightModel) -> None:
        self._model = model
        self._topics = _topic_names(model.taxonomy)
        self._known: dict[tuple[str, str], Annotation] = {}

    def read(self, rows: Sequence[Mapping[str, str | None]]) -> list[Annotation]:
        """Statements and flags of each row's picklist fields."""
        values = [[(field, value) for field in PICKLIST_FIELDS if (value := row.get(field))] for row in rows]
        new = sorted({pair for pairs in values for pair in pairs} - self._known.keys())
        self._known |= dict(zip(new, self._annotations(new), strict=True))
        return [_together([self._known[pair] for pair in pairs]) for pairs in values]

    def _annotations(self, pairs: Sequence[tuple[str, str]]) -> list[Annotation]:
        """A field may be typed freely: its flags and identifiers are found before any model sees it."""
        triaged = triage_texts([value for _, value in pairs])
        texts = [note.redacted.text for note in triaged]
        fields = [field for field, _ in pairs]
        lines = [f"{field}: {text}" for field, text in zip(fields, texts, strict=True)]
        scores = self._model.read(lines).statements
        return [
            Annotation(
                statements=self._of_value(field, text, row),
                flags=tuple(
                    Flag(hit.kind, hit.probability, Evidence(None, None, line), hit.detector) for hit in note.flags
                ),
            )
            for field, text, line, row, note in zip(fields, texts, lines, scores, triaged, strict=True)
        ]

    def _of_value(self, field: str, value: str, scores: Sequence[float]) -> tuple[Statement, ...]:
        name = _normalised(value)
        if name in _NOTHING:
            return ()
        if field == "objection" and name in self._topics:
            return (_statement(self._topics[name], "barrier", NAMED_TOPIC_PROBABILITY, field, value),)
        labels, thresholds = self._model.statement_labels, self._model.statement_thresholds
        polarities: tuple[Polarity, ...] = ("barrier",) if field == "objection" else ("driver", "barrier")
        return tuple(
            _statement(topic, polarity, float(scores[column]), field, value)
            for topic in self._model.taxonomy.ids
            for polarity in polarities
            if scores[column := labels.index(statement_label(topic, polarity))] >= thresholds[column]
        )


def _together(annotations: Sequence[Annotation]) -> Annotation:
    return Annotation(
        statements=tuple(statement for found in annotations for statement in found.statements),
        flags=tuple(flag for found in annotations for flag in found.flags),
    )


def _statement(topic: str, polarity: Polarity, probability: float, field: str, value: str) -> Statement:
    words = Evidence(None, None, f"{field}: {value}")
    return Statement(topic, polarity, "current", "hcp", probability, words, annotator=f"{PICKLIST}:{field}")


def _topic_names(taxonomy: Taxonomy) -> dict[str, str]:
    return {_normalised(name): topic.id for topic in taxonomy.topics for name in (topic.id, topic.name)}


def _normalised(value: str) -> str:
    return _NOT_WORD.sub("_", value.casefold()).strip("_")
