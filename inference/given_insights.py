"""Notes whose statements are given: what the file says of them, and what was found in them besides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..prompts import Taxonomy
from .insights import Annotation, Annotator, InsightTables, PicklistReader, insight_tables, read_statements
from .insights.stage import BATCH_ROWS, annotate_notes
from .progress import Done


def given_insights(
    notes: pa.Table, path: Path, taxonomy: Taxonomy, annotator: Annotator, picklists: PicklistReader, done: Done
) -> InsightTables:
    """What the file states of each note; flags, identifiers and the brand's use are found in all of them as ever.

    Raises:
        InputError: what `read_statements` raises, or a file that names none of the notes.
    """
    ids = notes["note_id"].to_pylist()
    found: dict[str, Annotation] = {}
    for start in range(0, len(notes), BATCH_ROWS):
        some = notes.slice(start, BATCH_ROWS)
        found |= zip(some["note_id"].to_pylist(), annotate_notes(some, annotator, picklists), strict=True)
        done(len(some))
    given = read_statements(path, dict(zip(ids, notes["text"].to_pylist(), strict=True)), taxonomy, found)
    if ids and not given:
        raise InputError(f"{path} has statements of none of the notes given: do the note ids match?")
    unnamed = {
        note_id: replace(found[note_id], statements=(), channel_statements=()) for note_id in found.keys() - given
    }
    annotations = given | unnamed
    rows = notes.drop_columns(["text"]).to_pylist()
    return insight_tables("note", "note_id", rows, [annotations[note_id] for note_id in ids])


def within(insights: InsightTables, taxonomy: Taxonomy) -> InsightTables:
    """The insights without statements on topics that the taxonomy does not have."""
    known = pc.is_in(insights.statements["topic"], pa.array(taxonomy.ids))
    return replace(insights, statements=insights.statements.filter(known))
