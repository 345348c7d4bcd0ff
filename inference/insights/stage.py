"""The insight stage: notes and surveys in, statements, channel preferences, flags and redactions out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from ...prompts import SurveyMap
from ..progress import Done
from .annotator import Annotator
from .picklists import PICKLIST_FIELDS, PicklistReader
from .statement import Annotation
from .surveys import read_surveys
from .tables import InsightTables, insight_tables

BATCH_ROWS = 2048
"""Notes at once: progress moves by as many; fewer leave more memory in pieces, more hold more at once."""


class TextReader(Protocol):
    """Says what texts say: the insight model alone, or with a language model beside it."""

    def annotate(self, texts: Sequence[str], brands: Sequence[str | None] = ()) -> list[Annotation]:
        """One annotation a text; `brands` says what each is about, if that is known."""
        ...


def annotate_notes(notes: pa.Table, annotator: TextReader, picklists: PicklistReader) -> list[Annotation]:
    """One annotation a row of the canonical notes table, picklist fields included."""
    read = annotator.annotate(notes["text"].to_pylist(), notes["brand"].to_pylist())
    fields = [notes.column(name) for name in PICKLIST_FIELDS]
    if all(column.null_count == len(column) for column in fields):
        return read
    chosen = picklists.read(notes.select(PICKLIST_FIELDS).to_pylist())
    return [
        replace(found, statements=(*found.statements, *more.statements), flags=(*found.flags, *more.flags))
        for found, more in zip(read, chosen, strict=True)
    ]


def note_insights(
    notes: pa.Table, annotator: TextReader, picklists: PicklistReader, done: Done, batch_rows: int = BATCH_ROWS
) -> InsightTables:
    """Everything read out of the notes; `done` hears how many rows each step finished."""
    parts = []
    for batch in _batches(notes, batch_rows):
        annotations = annotate_notes(batch, annotator, picklists)
        rows = batch.drop_columns(["text"]).to_pylist()
        parts.append(insight_tables("note", "note_id", rows, annotations))
        done(len(batch))
    return InsightTables.concat(parts)


def survey_insights(
    surveys: pa.Table,
    annotator: Annotator,
    done: Done,
    maps: Sequence[SurveyMap] = (),
    note_ids: Collection[str] = frozenset(),
) -> InsightTables:
    """Everything read out of the survey answers; `maps` as in `read_surveys`, `note_ids` as `taken` in the tables."""
    parts = []
    for batch in _batches(surveys):
        rows = batch.to_pylist()
        parts.append(insight_tables("survey", "response_id", rows, read_surveys(rows, annotator, maps), note_ids))
        done(len(batch))
    return InsightTables.concat(parts)


def _batches(table: pa.Table, rows: int = BATCH_ROWS) -> Iterator[pa.Table]:
    for start in range(0, len(table), rows):
        yield table.slice(start, rows)
