"""Periods from what lies on disk: a run, or a file of notes, labelled or annotated or plain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from ...errors import InputError
from ...inference.insights import GoldNote, read_gold
from ...inference.records import TABLES
from ...inference.roster import known_names
from ...inference.runs import Run
from ...inference.triage import Triage, Triaged, triage_text
from ..datasets import sample_notices
from .calibration import Labels, Truths
from .note_files import read_note_lines
from .note_line import NoteLine
from .period import KINDS, NOT_SHOWN, Claim, Period, PeriodNote
from .run_period import run_period

_FIELDS = dict(zip(KINDS, ("insights", "channel_preferences", "flags"), strict=True))
"""The field of each kind of claims."""


def read_period(path: Path, side: str, *, max_rejects: float = 0.01) -> Period:
    """A run folder, or a file of notes: labelled, annotated, or plain (then only what is written is compared).

    Patients' identifiers are taken out of every text and every quotation. Notes that name no physician count as one
    physician each, and a notice says so; `side` keeps those of two periods apart.

    Raises:
        InputError: nothing there, or not one of these, or a note that stands there twice.
        TooManyRejectsError: more than the share `max_rejects` of the rows is bad.
    """
    if path.is_dir():
        return run_period(Run.open(path), path.name)
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    notices: list[str] = []
    notes = read_note_lines(path, notices, max_rejects)
    triage = Triage(_known_names(notes))
    found = iter(triage.of_all([note.text for note in notes if note.text is not None]))
    triaged = [None if note.text is None else next(found) for note in notes]
    pairs = list(zip(notes, triaged, strict=True))
    anonymous = sum(note.hcp_id is None for note in notes)
    if anonymous:
        notices.append(
            f"{path.name}: {anonymous:,} of {len(notes):,} notes name no physician; each counts as one of its own, "
            "so that differences look surer than they are"
        )
    notices += _partly_read(path, notes)
    return Period.of(
        path.name,
        [_period_note(note, found, side) for note, found in pairs],
        **{kind: _claims(pairs, field) for kind, field in _FIELDS.items()},
        notices=notices,
    )


def read_truths(old: Path, new: Path) -> Truths:
    """Labels of both periods: topics by polarity of each labelled note.

    Raises:
        InputError: as `read_gold` raises it, or a note that was labelled twice, such as by two annotators.
    """
    before, now = (read_gold([path]) for path in (old, new))
    notices = (
        f"calibration, {path.name}: {said}"
        for path, notes in ((old, before), (new, now))
        for said in sample_notices(notes)
    )
    return Truths(_labels(old, before), _labels(new, now), tuple(notices))


def _labels(path: Path, notes: Iterable[GoldNote]) -> Labels:
    labels: dict[str, frozenset[str]] = {}
    for note in notes:
        if note.note_id in labels:
            raise InputError(
                f"{path}: note {note.note_id!r} is labelled twice: calibration is held against one annotator's labels; "
                "keep the lines of one"
            )
        labels[note.note_id] = frozenset(f"{statement.topic} {statement.polarity}" for statement in note.insights)
    return labels


def _known_names(notes: Sequence[NoteLine]) -> frozenset[str]:
    columns = {name: [getattr(note, name) for note in notes] for name in ("brand", "rep_id")}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return known_names(TABLES["hcps"].schema.empty_table(), table)


def _period_note(note: NoteLine, found: Triaged | None, side: str) -> PeriodNote:
    return PeriodNote(
        note_id=note.note_id,
        physician=note.hcp_id or f"{side} note {note.note_id}",
        date=note.date,
        text=None if found is None else found.redacted.text,
        channel=note.channel,
        brand=note.brand,
        country=note.country,
        rep_id=note.rep_id,
        unread=note.unread or (found.unread if found else None),
        read_for=tuple(kind for kind, field in _FIELDS.items() if getattr(note, field) is not None),
    )


def _partly_read(path: Path, notes: Sequence[NoteLine]) -> Iterator[str]:
    """That notes were not read for a kind of claims, where others of the file were."""
    for field in _FIELDS.values():
        without = sum(getattr(note, field) is None for note in notes)
        if 0 < without < len(notes):
            count = f"{without:,} of {len(notes):,} notes"
            yield f"{path.name}: {count} have no field {field!r}: its rates are of the others"


def _claims(pairs: Iterable[tuple[NoteLine, Triaged | None]], field: str) -> list[Claim] | None:
    """The claims of a kind; None where no note has the field at all."""
    read = [(note, found, getattr(note, field)) for note, found in pairs]
    if all(claims is None for _, _, claims in read):
        return None
    return list(_all_claims(read))


def _all_claims(read: Iterable[tuple[NoteLine, Triaged | None, Any]]) -> Iterator[Claim]:
    for note, found, claims in read:
        for claim in claims or ():
            yield Claim(note.note_id, claim.label, claim.probability, _masked(claim.evidence, note.text, found))


def _masked(evidence: str, text: str | None, found: Triaged | None) -> str:
    """The words without identifiers: as they stand in the redacted note, or redacted by themselves."""
    start = text.find(evidence) if text is not None and evidence else -1
    if start >= 0 and found is not None:
        return found.redacted.shown(start, start + len(evidence))
    alone = triage_text(evidence)
    return NOT_SHOWN if alone.unread else alone.redacted.text
