"""Notes whose statements are given: what the file says of them, and for the others their flags at least."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..prompts import Taxonomy
from .insights import Annotator, InsightTables, insight_tables, read_statements


def given_insights(notes: pa.Table, path: Path, taxonomy: Taxonomy, annotator: Annotator) -> InsightTables:
    """What the file states of each note; a note that it does not name is still searched for flags and identifiers.

    Raises:
        InputError: what `read_statements` raises, or a file that names none of the notes.
    """
    texts = dict(zip(notes["note_id"].to_pylist(), notes["text"].to_pylist(), strict=True))
    annotations = read_statements(path, texts, taxonomy)
    if texts and not annotations:
        raise InputError(f"{path} has statements of none of the notes given: do the note ids match?")
    others = [note_id for note_id in texts if note_id not in annotations]
    for note_id, found in zip(others, annotator.annotate([texts[note_id] for note_id in others]), strict=True):
        annotations[note_id] = replace(found, statements=(), channel_statements=(), unread=None)
    rows = notes.drop_columns(["text"]).to_pylist()
    return insight_tables("note", "note_id", rows, [annotations[row["note_id"]] for row in rows])


def within(insights: InsightTables, taxonomy: Taxonomy) -> InsightTables:
    """The insights without statements on topics that the taxonomy does not have."""
    known = pc.is_in(insights.statements["topic"], pa.array(taxonomy.ids))
    return replace(insights, statements=insights.statements.filter(known))
