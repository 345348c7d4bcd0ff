"""A labelled note and what was read out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ....inference.insights import Annotation, GoldNote, Statement
from ....inference.insights.gold import GoldStatement
from ...datasets import first_place
from ...metrics import Span

Topic = tuple[str, str]
"""A topic and its polarity."""


@dataclass(frozen=True)
class ScoredNote:
    """One note with its labels, an annotation of it, and how the annotator was kept from having seen it.

    Attributes:
        note: with its labels.
        annotation: what was read out of it.
        scored: how it was kept apart from training.
        probabilities: of every topic and polarity, claimed or not; empty where there is no such thing.
    """

    note: GoldNote
    annotation: Annotation
    scored: str
    probabilities: Mapping[Topic, float] = field(default_factory=dict)

    @property
    def claimed(self) -> frozenset[Topic]:
        """Topics and polarities that were claimed."""
        return frozenset((statement.topic, statement.polarity) for statement in self.annotation.statements)

    @property
    def true(self) -> frozenset[Topic]:
        """Topics and polarities that were labelled."""
        return frozenset((statement.topic, statement.polarity) for statement in self.note.insights)

    @property
    def claimed_spans(self) -> frozenset[Span]:
        """Where the evidence of each claim stands."""
        return frozenset(
            Span((s.topic, s.polarity), s.evidence.start, s.evidence.end)
            for s in self.annotation.statements
            if s.evidence.start is not None and s.evidence.end is not None
        )

    @property
    def true_spans(self) -> frozenset[Span]:
        """Where the evidence of each label stands, by its exact words."""
        return frozenset(
            Span((s.topic, s.polarity), *first_place(self.note.text, s.evidence)) for s in self.note.insights
        )

    def found(self) -> list[tuple[Statement, GoldStatement]]:
        """Each claim whose topic and polarity are labelled, with the label that it is most like."""
        pairs = []
        for claim in self.annotation.statements:
            labels = [s for s in self.note.insights if (s.topic, s.polarity) == (claim.topic, claim.polarity)]
            if labels:
                likest = max(labels, key=lambda s: (s.status == claim.status) + (s.holder == claim.holder))
                pairs.append((claim, likest))
        return pairs


def topic_name(topic: Topic) -> str:
    """How figures and examples name it, such as `coverage barrier`."""
    return " ".join(topic)
