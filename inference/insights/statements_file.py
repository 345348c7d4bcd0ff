"""Statements that are given instead of inferred: what `annotate` wrote, or labelled notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...prompts import Polarity, Taxonomy
from ..records.schemas import CHANNELS, FLAG_KINDS
from ..triage import Redacted, Triaged, triage_text
from .annotator import safety_annotation
from .gold import read_json_lines
from .picklists import PICKLIST
from .statement import Annotation, ChannelStatement, Evidence, Flag, Holder, Stance, Statement, Status

SIGNATURE = "file"


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"{value!r} is none of {', '.join(choices)}")
        return value

    return check


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
    channel: Annotated[str, AfterValidator(_one_of(CHANNELS))]
    stance: Stance


class _GivenFlag(_Given):
    kind: Annotated[str, AfterValidator(_one_of(FLAG_KINDS))]


class _GivenNote(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    note_id: str
    insights: tuple[_GivenStatement, ...] = ()
    channel_preferences: tuple[_GivenChannel, ...] = ()
    flags: tuple[_GivenFlag, ...] | None = None


def read_statements(
    path: Path, texts: Mapping[str, str], taxonomy: Taxonomy, triaged: Mapping[str, Triaged] | None = None
) -> dict[str, Annotation]:
    """Annotations by note id, for the notes in `texts` (id → text); others in the file are ignored.

    A missing offset is found by the exact words, a missing probability is 1. Identifiers are found in the texts, and
    evidence that overlaps one is masked. A note without the field `flags` gets those that the rules find.
    `triaged` has the triage of notes by id, where it is at hand.

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
            text = texts[note.note_id]
            before = (triaged or {}).get(note.note_id) or triage_text(text)
            found[note.note_id] = _annotation(where, note, text, before)
    return found


def _annotation(where: str, note: _GivenNote, text: str, triaged: Triaged) -> Annotation:
    def words(given: _Given) -> Evidence:
        return _masked(_located(where, given, text), triaged.redacted)

    found = safety_annotation(triaged)
    return replace(
        found,
        statements=tuple(
            Statement(s.topic, s.polarity, s.status, s.holder, s.probability, words(s), s.source) for s in note.insights
        ),
        channel_statements=tuple(
            ChannelStatement(c.channel, c.stance, c.probability, words(c), SIGNATURE) for c in note.channel_preferences
        ),
        flags=found.flags
        if note.flags is None
        else tuple(Flag(f.kind, f.probability, words(f), SIGNATURE) for f in note.flags),
        unread=None,
    )


def _masked(evidence: Evidence, redacted: Redacted) -> Evidence:
    start, end = evidence.start, evidence.end
    if start is None or end is None or not redacted.overlaps(start, end):
        return evidence
    return replace(evidence, text=redacted.shown(start, end), masked=True)


def _located(where: str, given: _Given, text: str) -> Evidence:
    if given.start is not None and given.end is not None:
        within = given.start < given.end <= len(text)
        if within and (given.masked or text[given.start : given.end] == given.evidence):
            return Evidence(given.start, given.end, text[given.start : given.end])
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
