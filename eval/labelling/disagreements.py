"""Where annotators differ, with what each of them said: what an adjudicator works through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...inference.runs import write_owner_only
from .annotators import SharedNote
from .labelled_notes import Label, LabelledNote, LabelledStatement

Difference = Literal["missing", "assertion", "evidence"]
"""Not everybody has the label; status or holder differ; only the words differ."""

Keyed = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Disagreement:
    """One label of a note on which annotators differ; `said` holds what each annotator has there, maybe nothing."""

    note_id: str
    hcp_id: str
    field: str
    key: str
    difference: Difference
    said: dict[str, list[dict[str, Any]]]

    def to_json(self) -> dict[str, Any]:
        """One line of the file of disagreements."""
        return dict(vars(self))


def find_disagreements(notes: Iterable[SharedNote]) -> Iterator[Disagreement]:
    """Every label on which the annotators of a note differ, note by note."""
    for note in notes:
        for field, keyed in _FIELDS.items():
            by = {name: keyed(labelled) for name, labelled in note.by.items()}
            for key in sorted({key for labels in by.values() for key in labels}):
                said = {name: labels.get(key, []) for name, labels in by.items()}
                difference = _difference(list(said.values()))
                if difference is not None:
                    yield Disagreement(note.note_id, note.hcp_id, field, key, difference, said)


def write_disagreements(found: Iterable[Disagreement], target: Path) -> None:
    """One JSON object a line; only the owner can read them."""
    write_owner_only(target, "".join(json.dumps(one.to_json()) + "\n" for one in found))


def _difference(said: Sequence[list[dict[str, Any]]]) -> Difference | None:
    if not all(said):
        return "missing"
    if _differ(said, ("status", "holder")):
        return "assertion"
    return "evidence" if _differ(said, ("start", "end")) else None


def _differ(said: Sequence[list[dict[str, Any]]], fields: tuple[str, ...]) -> bool:
    return len({frozenset(tuple(label.get(field) for field in fields) for label in labels) for labels in said}) > 1


def _statements(note: LabelledNote) -> Keyed:
    return _keyed(note, note.insights, lambda s: f"{s.topic}.{s.polarity}")


def _channels(note: LabelledNote) -> Keyed:
    return _keyed(note, note.channel_preferences, lambda c: f"{c.channel}.{c.stance}")


def _flags(note: LabelledNote) -> Keyed:
    return _keyed(note, note.flags, lambda flag: flag.kind)


def _identifiers(note: LabelledNote) -> Keyed:
    return {words: [{"evidence": words}] for words in note.phi}


def _keyed(note: LabelledNote, labels: Sequence[Any], key: Callable[[Any], str]) -> Keyed:
    found: Keyed = {}
    for label in labels:
        found.setdefault(key(label), []).append(_said(note, label))
    return found


def _said(note: LabelledNote, label: Label) -> dict[str, Any]:
    start, end = note.span(label)
    words = {"start": start, "end": end, "evidence": label.evidence}
    if isinstance(label, LabelledStatement):
        return {"status": label.status, "holder": label.holder, **words}
    return words


_FIELDS: dict[str, Callable[[LabelledNote], Keyed]] = {
    "insights": _statements,
    "channel_preferences": _channels,
    "flags": _flags,
    "phi": _identifiers,
}
