"""Notes whose statements are given: what the file says of them, and for the others their flags at least."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..prompts import Taxonomy
from .insights import InsightTables, insight_tables, read_statements, safety_annotation
from .triage import triage_text


def given_insights(notes: pa.Table, path: Path, taxonomy: Taxonomy, names: frozenset[str]) -> InsightTables:
    """What the file states of each note; a note that it does not name is still searched for flags and identifiers.

    `names` are known to be no patient's.

    Raises:
        InputError: what `read_statements` raises, or a file that names none of the notes.
    """
    texts = dict(zip(notes["note_id"].to_pylist(), notes["text"].to_pylist(), strict=True))
    annotations = read_statements(path, texts, taxonomy, names)
    if texts and not annotations:
        raise InputError(f"{path} has statements of none of the notes given: do the note ids match?")
    for note_id in texts.keys() - annotations.keys():
        annotations[note_id] = replace(safety_annotation(triage_text(texts[note_id], names)), unread=None)
    rows = notes.drop_columns(["text"]).to_pylist()
    return insight_tables("note", "note_id", rows, [annotations[row["note_id"]] for row in rows])


def within(insights: InsightTables, taxonomy: Taxonomy) -> InsightTables:
    """The insights without statements on topics that the taxonomy does not have."""
    known = pc.is_in(insights.statements["topic"], pa.array(taxonomy.ids))
    return replace(insights, statements=insights.statements.filter(known))
