"""Labels of a note as the results of a Label Studio annotation or prediction.

A labelled span is a region with an id: one result of type `labels`, and for a statement one of type `choices` for each
of status and holder, all with the region's id and span.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .label_scheme import CHANNEL, FLAG, HOLDER, IDENTIFIER, STATEMENT, STATUS, TEXT
from .labelled_notes import Label, LabelledNote

Result = dict[str, Any]


def region_results(note: LabelledNote) -> list[Result]:
    """Every label of the note as results; a patient identifier is marked where it first occurs."""
    results: list[Result] = []
    for number, statement in enumerate(note.insights):
        region = _Region(f"{STATEMENT}-{number}", note, statement)
        results.append(region.labelled(STATEMENT, f"{statement.topic}.{statement.polarity}"))
        results += [region.chosen(STATUS, statement.status), region.chosen(HOLDER, statement.holder)]
    for number, preference in enumerate(note.channel_preferences):
        label = f"{preference.channel}.{preference.stance}"
        results.append(_Region(f"{CHANNEL}-{number}", note, preference).labelled(CHANNEL, label))
    for number, flag in enumerate(note.flags):
        results.append(_Region(f"{FLAG}-{number}", note, flag).labelled(FLAG, flag.kind))
    for number, words in enumerate(note.phi):
        start = note.text.index(words)
        value = {"start": start, "end": start + len(words), "text": words, "labels": ["phi"]}
        results.append(_result(f"{IDENTIFIER}-{number}", IDENTIFIER, "labels", value))
    return results


@dataclass(frozen=True)
class _Region:
    identifier: str
    note: LabelledNote
    label: Label

    def labelled(self, tag: str, label: str) -> Result:
        result = _result(self.identifier, tag, "labels", self._span() | {"labels": [label]})
        probability = self.label.probability
        return result if probability is None else result | {"score": round(probability, 4)}

    def chosen(self, tag: str, choice: str) -> Result:
        return _result(self.identifier, tag, "choices", self._span() | {"choices": [choice]})

    def _span(self) -> dict[str, Any]:
        start, end = self.note.span(self.label)
        return {"start": start, "end": end, "text": self.label.evidence}


def _result(identifier: str, tag: str, kind: str, value: dict[str, Any]) -> Result:
    return {"id": identifier, "from_name": tag, "to_name": TEXT, "type": kind, "value": value}
