"""Statements that are given instead of inferred: what `annotate` wrote, or labelled notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError
from ...prompts import Polarity, Taxonomy
from ..records.notices import counted
from ..records.schemas import CHANNELS, FLAG_KINDS
from ..triage import Redacted, redact, triage_text
from .flagging import overlap
from .gold import read_json_lines
from .picklists import PICKLIST, PICKLIST_FIELDS
from .statement import Annotation, ChannelStatement, Evidence, Flag, Holder, Stance, Statement, Status

SIGNATURE = "file"
_CHOSEN = tuple(f"{field}: " for field in PICKLIST_FIELDS)
"""How evidence begins that stands in a picklist field instead of the text."""


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
    path: Path, texts: Mapping[str, str], taxonomy: Taxonomy, found: Mapping[str, Annotation]
) -> dict[str, Annotation]:
    """Annotations by note id, for the notes in `texts` (id → text); others in the file are ignored.

    A missing offset is found by the exact words, a missing probability is 1. Evidence that overlaps an identifier is
    masked. A file adds flags and takes none away: those in `found` stand beside the given ones, of which they say the
    same in other words.

    Args:
        path: JSON lines.
        texts: raw texts of the notes.
        taxonomy: what statements may be about.
        found: what was read in each note: its flags, identifiers and use.

    Raises:
        InputError: naming line and field; a topic the taxonomy lacks; words that are not in their note; two lines about
            one note.
    """
    given: dict[str, Annotation] = {}
    lines: dict[str, int] = {}
    for number, record in read_json_lines(path):
        where = f"{path} line {number}"
        try:
            note = _GivenNote.model_validate(record)
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{where}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
        if note.note_id not in texts:
            continue
        first = lines.setdefault(note.note_id, number)
        if first != number:
            raise InputError(f"{where}: note {note.note_id!r} stands in line {first} already: keep one of them")
        _require_topics(where, note.insights, taxonomy)
        given[note.note_id] = _annotation(where, note, texts[note.note_id], found[note.note_id])
    return given


def _annotation(where: str, note: _GivenNote, text: str, found: Annotation) -> Annotation:
    redacted = redact(text, found.identifiers)

    def words(given: _Given, about: str) -> Evidence:
        return _masked(_located(f"{where}: {about}", given, text), redacted)

    return replace(
        found,
        statements=tuple(
            Statement(s.topic, s.polarity, s.status, s.holder, s.probability, words(s, s.topic), s.source)
            for s in note.insights
        ),
        channel_statements=tuple(
            ChannelStatement(c.channel, c.stance, c.probability, words(c, c.channel), SIGNATURE)
            for c in note.channel_preferences
        ),
        flags=_joined(
            found.flags, [Flag(f.kind, f.probability, words(f, f.kind), SIGNATURE) for f in note.flags or ()]
        ),
        unread=None,
    )


def _joined(found: Sequence[Flag], given: Sequence[Flag]) -> tuple[Flag, ...]:
    """The given flags, and those found that none of them stands for."""
    more = [flag for flag in found if not any(_same_matter(flag, other) for other in given)]
    return tuple(sorted([*given, *more], key=lambda flag: (flag.evidence.start or -1, flag.kind)))


def _same_matter(one: Flag, other: Flag) -> bool:
    return one.kind == other.kind and (overlap(one, other) or one.evidence == other.evidence)


def _masked(evidence: Evidence, redacted: Redacted) -> Evidence:
    start, end = evidence.start, evidence.end
    if start is None or end is None or not redacted.overlaps(start, end):
        return evidence
    return replace(evidence, text=redacted.shown(start, end), masked=True)


def _located(where: str, given: _Given, text: str) -> Evidence:
    """Where the words stand; what is wrong is told without them, since they may name a patient."""
    if given.start is not None and given.end is not None:
        within = given.start < given.end <= len(text)
        if within and (given.masked or text[given.start : given.end] == given.evidence):
            return Evidence(given.start, given.end, text[given.start : given.end])
        raise InputError(f"{where}: text[{given.start}:{given.end}] is not the evidence, {_size(given)}")
    if given.source.startswith(PICKLIST) or given.evidence.startswith(_CHOSEN):
        return Evidence(None, None, triage_text(given.evidence).redacted.text)
    start = text.find(given.evidence)
    if start < 0:
        raise InputError(f"{where}: the evidence, {_size(given)}, is not in the note's text")
    return Evidence(start, start + len(given.evidence), given.evidence)


def _size(given: _Given) -> str:
    return counted(len(given.evidence), "character")


def _require_topics(where: str, statements: Iterable[_GivenStatement], taxonomy: Taxonomy) -> None:
    for statement in statements:
        if statement.topic not in taxonomy.by_id:
            known = ", ".join(taxonomy.ids)
            raise InputError(f"{where}: topic {statement.topic!r} is not in the taxonomy (it has {known})")
