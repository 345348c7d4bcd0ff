"""Statements that are given instead of inferred: what `annotate` wrote, or labelled notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...prompts import Polarity, Taxonomy
from .gold import read_json_lines
from .picklists import PICKLIST
from .statement import Annotation, ChannelStatement, Evidence, Flag, Holder, Stance, Statement, Status

SIGNATURE = "file"


class _Given(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    evidence: str = Field(min_length=1)
    start: int | None = Field(default=None, ge=0)
    end: int | None = None
    masked: bool = False
    probability: float = Field(default=1.0, ge=0, le=1)
    source: str = SIGNATURE


class _GivenStatement(_Given):
    topic: str
    polarity: Polarity
    status: Status = "current"
    holder: Holder = "hcp"


class _GivenChannel(_Given):
    channel: str
    stance: Stance


class _GivenFlag(_Given):
    kind: str


class _GivenNote(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    note_id: str
    insights: tuple[_GivenStatement, ...] = ()
    channel_preferences: tuple[_GivenChannel, ...] = ()
    flags: tuple[_GivenFlag, ...] | None = None


def read_statements(path: Path, texts: Mapping[str, str], taxonomy: Taxonomy) -> dict[str, Annotation]:
    """Annotations by note id, for the notes in `texts` (id → text); others in the file are ignored.

    A missing offset is found by the exact words, a missing probability is 1.

    Raises:
        InputError: naming line and field; a topic the taxonomy lacks; words that are not in their note.
    """
    found: dict[str, Annotation] = {}
    for number, record in read_json_lines(path):
        where = f"{path} line {number}"
        try:
            note = _GivenNote.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
        if note.note_id in texts:
            _require_topics(where, note.insights, taxonomy)
            found[note.note_id] = _annotation(where, note, texts[note.note_id])
    return found


def _annotation(where: str, note: _GivenNote, text: str) -> Annotation:
    return Annotation(
        statements=tuple(
            Statement(s.topic, s.polarity, s.status, s.holder, s.probability, _located(where, s, text), s.source)
            for s in note.insights
        ),
        channel_statements=tuple(
            ChannelStatement(c.channel, c.stance, c.probability, _located(where, c, text), SIGNATURE)
            for c in note.channel_preferences
        ),
        flags=tuple(Flag(f.kind, f.probability, _located(where, f, text), SIGNATURE) for f in note.flags or ()),
    )


def _located(where: str, given: _Given, text: str) -> Evidence:
    if given.start is not None and given.end is not None:
        within = given.start < given.end <= len(text)
        if within and (given.masked or text[given.start : given.end] == given.evidence):
            return Evidence(given.start, given.end, given.evidence, given.masked)
        raise InputError(f"{where}: text[{given.start}:{given.end}] is not the evidence {given.evidence!r}")
    if given.source.startswith(PICKLIST):
        return Evidence(None, None, given.evidence)
    start = text.find(given.evidence)
    if start < 0:
        raise InputError(f"{where}: the evidence {given.evidence!r} is not in the note's text")
    return Evidence(start, start + len(given.evidence), given.evidence)


def _require_topics(where: str, statements: Iterable[_GivenStatement], taxonomy: Taxonomy) -> None:
    for statement in statements:
        if statement.topic not in taxonomy.by_id:
            known = ", ".join(taxonomy.ids)
            raise InputError(f"{where}: topic {statement.topic!r} is not in the taxonomy (it has {known})")
