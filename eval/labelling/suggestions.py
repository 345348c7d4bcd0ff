"""What the model says of a note, as labels of the text that a person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...inference.insights import Annotation, Evidence
from ...inference.triage import Redacted, redact
from .labelled_notes import LabelledNote


@dataclass(frozen=True)
class ShownText:
    """The text as it is shown: the original, or with placeholders for patient identifiers."""

    original: str
    redacted: Redacted
    raw: bool

    @property
    def text(self) -> str:
        """What is shown."""
        return self.original if self.raw else self.redacted.text

    def words(self, evidence: Evidence) -> dict[str, Any]:
        """`start`, `end` and `evidence` of a span of the original as it stands in what is shown."""
        start, end = evidence.start or 0, evidence.end or 0
        if not self.raw:
            start, end = self.redacted.to_redacted(start, end)
        return {"start": start, "end": end, "evidence": self.text[start:end]}


def suggested_labels(note_id: str, hcp_id: str, text: str, annotation: Annotation, *, raw: bool) -> LabelledNote:
    """Labels of the text as it is shown; patient identifiers are labels only where it is shown raw."""
    shown = ShownText(text, redact(text, annotation.identifiers), raw)
    identifiers = (text[identifier.start : identifier.end] for identifier in annotation.identifiers)
    return LabelledNote.model_validate(
        {
            "note_id": note_id,
            "hcp_id": hcp_id,
            "text": shown.text,
            "insights": [vars(claim) | shown.words(claim.evidence) for claim in annotation.statements],
            "channel_preferences": [
                vars(claim) | shown.words(claim.evidence) for claim in annotation.channel_statements
            ],
            "flags": [vars(flag) | shown.words(flag.evidence) for flag in annotation.flags],
            "phi": list(dict.fromkeys(identifiers)) if raw else [],
        }
    )
