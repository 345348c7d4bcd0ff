"""Labelled notes with who labelled them and where in the text each label stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from ...errors import InputError
from ...inference.insights import GoldNote
from ...inference.insights.gold import GoldChannelStatement, GoldFlag, GoldStatement, read_json_lines


class LabelledStatement(GoldStatement):
    """A statement at [start, end) of the note; `probability` only where a model made it."""

    start: int | None = None
    end: int | None = None
    probability: float | None = None


class LabelledChannel(GoldChannelStatement):
    """A channel preference at [start, end) of the note."""

    start: int | None = None
    end: int | None = None
    probability: float | None = None


class LabelledFlag(GoldFlag):
    """A flag at [start, end) of the note."""

    start: int | None = None
    end: int | None = None
    probability: float | None = None


Label = LabelledStatement | LabelledChannel | LabelledFlag


class LabelledNote(GoldNote):
    """One note as one annotator labelled it."""

    annotator: str | None = None
    insights: tuple[LabelledStatement, ...] = ()
    channel_preferences: tuple[LabelledChannel, ...] = ()
    flags: tuple[LabelledFlag, ...] = ()

    @property
    def labels(self) -> tuple[Label, ...]:
        """Statements, channel preferences and flags."""
        return (*self.insights, *self.channel_preferences, *self.flags)

    @property
    def labels_by_field(self) -> list[tuple[str, Label]]:
        """The labels, each with its place in the record, such as `insights.0`."""
        fields: dict[str, Sequence[Label]] = {
            "insights": self.insights,
            "channel_preferences": self.channel_preferences,
            "flags": self.flags,
        }
        return [(f"{field}.{number}", label) for field, some in fields.items() for number, label in enumerate(some)]

    def span(self, label: Label) -> tuple[int, int]:
        """Where the words of a label stand: as given, else where they first occur."""
        if label.start is not None and label.end is not None:
            return label.start, label.end
        start = self.text.index(label.evidence)
        return start, start + len(label.evidence)


def read_labelled_notes(paths: Iterable[Path]) -> list[LabelledNote]:
    """Labelled notes of JSONL files; where a record names no annotator, the file's stem does.

    Raises:
        InputError: naming file, line and field: no labelled note, or words that are not in the text where they should.
    """
    return [note for path in paths for note in _read_file(path)]


def _read_file(path: Path) -> list[LabelledNote]:
    notes = []
    for number, record in read_json_lines(path):
        where = f"{path} line {number}"
        try:
            note = LabelledNote.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
        _require_grounded(note, where)
        notes.append(note if note.annotator else note.model_copy(update={"annotator": path.stem}))
    if not notes:
        raise InputError(f"{path} holds no labelled notes")
    return notes


def _require_grounded(note: LabelledNote, where: str) -> None:
    of_note = f"{where}: note {note.note_id!r}"
    for field, words in _quoted(note):
        if not words or words not in note.text:
            raise InputError(f"{of_note}: {field} ({len(words):,} characters) is not a piece of the text")
    for field, label in note.labels_by_field:
        start, end = note.span(label)
        if start < 0 or note.text[start:end] != label.evidence:
            raise InputError(
                f"{of_note}: {field}.evidence ({len(label.evidence):,} characters) does not stand at [{start}, {end}) "
                "of the text"
            )


def _quoted(note: LabelledNote) -> Iterator[tuple[str, str]]:
    """Words that must be in the text, and their field: messages name the field, for the words may name a patient."""
    for field, label in note.labels_by_field:
        yield f"{field}.evidence", label.evidence
    for number, words in enumerate(note.phi):
        yield f"phi.{number}", words
