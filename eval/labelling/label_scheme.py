"""What can be labelled, under the names of Label Studio's control tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...inference.insights.model import statement_label
from ...inference.insights.statement import HOLDERS, STANCES, STATUSES
from ...inference.records.schemas import CHANNELS, FLAG_KINDS
from ...prompts import POLARITIES, LabellingGuide, Taxonomy

TEXT = "text"
"""The text: its tag and its field in a task's data."""

STATEMENT, CHANNEL, FLAG, IDENTIFIER = "statement", "channel", "flag", "identifier"
STATUS, HOLDER = "status", "holder"


@dataclass(frozen=True)
class LabelScheme:
    """Labels of a span by tag, choices of a statement by tag, and what each label means."""

    labels: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, tuple[str, ...]]
    hints: Mapping[str, str]

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> LabelScheme:
        """Topics of the taxonomy by polarity, channels by stance, flags, patient identifiers."""
        hints = {
            statement_label(topic.id, polarity): topic.description
            for topic in taxonomy.topics
            for polarity in POLARITIES
        }
        labels = {
            STATEMENT: tuple(hints),
            CHANNEL: tuple(f"{channel}.{stance}" for channel in CHANNELS for stance in STANCES),
            FLAG: FLAG_KINDS,
            IDENTIFIER: ("phi",),
        }
        guide = LabellingGuide.default()
        meanings = {label.id: label.meaning for label in (*guide.statuses, *guide.holders)}
        return cls(labels, {STATUS: STATUSES, HOLDER: HOLDERS}, hints | _HINTS | meanings)


_HINTS = {
    "adverse_event": "A patient had a harmful event, lack of effect, overdose or pregnancy exposure on a product.",
    "product_complaint": "A defect of the device, the packaging or the quality.",
    "off_label": "Use outside the label is discussed, requested or reported.",
    "medical_inquiry": "An unsolicited question for clinical or unlabelled information.",
    "phi": "Words that identify a patient.",
}
