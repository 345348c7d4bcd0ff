from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from hcplens.inference.records.derived import CHANNEL_STATEMENTS, FLAGS, REDACTIONS, STATEMENTS
from hcplens.inference.records.schemas import NOTES, SURVEYS
from hcplens.inference.themes import OpenClause

DAY = date(2026, 6, 1)


def said(text: str, hcp: str = "H1", note: str = "N1", day: date = DAY, brand: str = "Dermiqo") -> OpenClause:
    return OpenClause(text, "note", note, 0, len(text), hcp, brand, day, masked="[" in text)


def table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | dict(row) for row in rows], schema=schema)


def run_tables(notes: Sequence[Mapping[str, Any]] = (), **others: Sequence[Mapping[str, Any]]) -> dict[str, pa.Table]:
    """The tables of a run that themes are found in; what a row does not name is null."""
    schemas = {
        "surveys": SURVEYS.schema,
        "redactions": REDACTIONS,
        "insights": STATEMENTS,
        "channel_statements": CHANNEL_STATEMENTS,
        "flags": FLAGS,
    }
    tables = {name: table(schema, others.get(name, ())) for name, schema in schemas.items()}
    return tables | {"raw_notes": table(NOTES.schema, notes)}
