"""Labelled notes, as the labelling guide shapes them: what models learn from and are measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...prompts import Polarity
from .statement import Holder, Stance, Status, Use


class GoldStatement(BaseModel):
    """A labelled statement; `evidence` is an exact substring of the note."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    topic: str
    polarity: Polarity
    status: Status
    holder: Holder
    evidence: str


class GoldChannelStatement(BaseModel):
    """A labelled channel preference."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    channel: str
    stance: Stance
    evidence: str


class GoldFlag(BaseModel):
    """A labelled flag."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Literal["adverse_event", "product_complaint", "off_label", "medical_inquiry"]
    evidence: str


class GoldUse(BaseModel):
    """How far the physician uses the brand, as the note shows it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    use: Use
    evidence: str


class Sampling(BaseModel):
    """How a note was picked to be labelled, as `hcplens eval sample` tells it.

    Attributes:
        picked: by which strategy; empty where it is not said.
        sampling_probability: with which it was drawn at random; None where it was picked for what the model says of it.
        stands_for_notes: how many notes have its text, itself included.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    picked: str = ""
    sampling_probability: float | None = Field(default=None, gt=0, le=1, allow_inf_nan=False)
    stands_for_notes: int = Field(default=1, ge=1)


class GoldNote(BaseModel):
    """One labelled note.

    `phi` are substrings that identify a patient, `use` is None where the note does not tell, `sampling` where the note
    was not drawn from others.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    note_id: str = Field(min_length=1)
    hcp_id: str = Field(min_length=1)
    text: str
    brand: str | None = None
    insights: tuple[GoldStatement, ...] = ()
    channel_preferences: tuple[GoldChannelStatement, ...] = ()
    flags: tuple[GoldFlag, ...] = ()
    phi: tuple[str, ...] = ()
    use: GoldUse | None = None
    sampling: Sampling | None = None

    @property
    def evidence(self) -> list[str]:
        """The words behind every label."""
        found = [statement.evidence for statement in self.insights]
        found += [preference.evidence for preference in self.channel_preferences]
        found += [self.use.evidence] if self.use else []
        return found + [flag.evidence for flag in self.flags]


def read_gold(paths: Sequence[Path]) -> list[GoldNote]:
    """Labelled notes of JSONL files; raises InputError that names file, line and field."""
    return [note for path in paths for note in _read_file(path)]


def _read_file(path: Path) -> Iterator[GoldNote]:
    for number, record in read_json_lines(path):
        try:
            note = GoldNote.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            field = ".".join(map(str, problem["loc"]))
            given = "" if problem["type"] == "missing" else f", not {str(problem['input'])[:60]!r}"
            raise InputError(f"{path} line {number}: {field}: {problem['msg']}{given}") from e
        for evidence in note.evidence:
            if not evidence or evidence not in note.text:
                raise InputError(f"{path} line {number}: evidence {evidence!r} is not a piece of the text")
        for place, words in enumerate(note.phi):
            if not words or words not in note.text:  # they may name a patient: not shown
                raise InputError(f"{path} line {number}: phi.{place} ({len(words)} characters) is no piece of the text")
        yield note


def read_json_lines(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Line numbers and objects of a JSONL file of labelled text; every line must be an object."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"cannot read {path}: {e}") from e
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except RecursionError as e:
            raise InputError(f"{path} line {number} is not valid JSON: nested too deeply") from e
        except ValueError as e:
            raise InputError(f"{path} line {number} is not valid JSON: {e}") from e
        if not isinstance(record, dict):
            raise InputError(f"{path} line {number} is not a JSON object")
        yield number, record
