"""Notes whose statements are given: what the file says of them, and for the others their flags at least."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..prompts import Taxonomy
from .insights import Annotation, Annotator, InsightTables, insight_tables, read_statements, safety_annotation
from .insights.stage import BATCH_ROWS
from .progress import Done
from .triage import Triage


def given_insights(notes: pa.Table, path: Path, taxonomy: Taxonomy, triage: Triage) -> InsightTables:
    """What the file states of each note; a note that it does not name is still searched for flags and identifiers.

    Raises:
        InputError: what `read_statements` raises, or a file that names none of the notes.
    """
    ids, texts, brands = (notes[name].to_pylist() for name in ("note_id", "text", "brand"))
    triaged = dict(zip(ids, triage.of_all(texts, brands), strict=True))
    annotations = read_statements(path, dict(zip(ids, texts, strict=True)), taxonomy, triaged)
    if texts and not annotations:
        raise InputError(f"{path} has statements of none of the notes given: do the note ids match?")
    for note_id in triaged.keys() - annotations.keys():
        annotations[note_id] = replace(safety_annotation(triaged[note_id]), unread=None)
    rows = notes.drop_columns(["text"]).to_pylist()
    return insight_tables("note", "note_id", rows, [annotations[row["note_id"]] for row in rows])


def with_uses(insights: InsightTables, notes: pa.Table, annotator: Annotator, done: Done) -> InsightTables:
    """The insights with what the notes say of the brand's use, which no file of statements tells."""
    rows = notes.drop_columns(["text"]).to_pylist()
    uses = []
    for start in range(0, len(notes), BATCH_ROWS):
        some = notes["text"].slice(start, BATCH_ROWS).to_pylist()
        uses += annotator.uses(some)
        done(len(some))
    read = insight_tables("note", "note_id", rows, [Annotation(use=use) for use in uses])
    return replace(insights, uses=read.uses)


def within(insights: InsightTables, taxonomy: Taxonomy) -> InsightTables:
    """The insights without statements on topics that the taxonomy does not have."""
    known = pc.is_in(insights.statements["topic"], pa.array(taxonomy.ids))
    return replace(insights, statements=insights.statements.filter(known))
