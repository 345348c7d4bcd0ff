"""Rejected rows under canonical names, so that a flag in one of them still finds its physician."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from .records import TABLES, ColumnMap
from .records.cells import CellError, scalar_text


def canonical_records(rejects: pa.Table, column_map: ColumnMap | None) -> pa.Table:
    """Rejects (schema `records.derived.REJECTS`) whose `record` speaks canonically wherever it can be read.

    Columns and values are renamed by the map and ids stripped, as the reader does with a row it can use. What is no
    column of the table, and a row that is no record at all, stays as it was.
    """
    names = column_map or ColumnMap(name="canonical")
    records = [
        _canonical(table, record, names)
        for table, record in zip(rejects["table"].to_pylist(), rejects["record"].to_pylist(), strict=True)
    ]
    place = rejects.schema.get_field_index("record")
    return rejects.set_column(place, rejects.schema.field(place), pa.array(records, pa.string()))


def _canonical(table: str, record: str | None, column_map: ColumnMap) -> str | None:
    fields = record_fields(record)
    if table not in TABLES or fields is None:
        return record
    table_map = column_map.of(table)
    sources = {column: table_map.source_of(column.name) for column in TABLES[table].columns}
    named = {
        column.name: fields[source] if column.verbatim else _clean(fields[source], table_map.values_of(column.name))
        for column, source in sources.items()
        if source in fields
    }
    rest = {name: value for name, value in fields.items() if name not in set(sources.values())}
    # what a column of the table is called, but is another one by the map, stays to be searched
    return json.dumps(named | {f"{name} (not read)" if name in named else name: rest[name] for name in rest})


def record_fields(record: str | None) -> dict[str, Any] | None:
    """The fields of a rejected row; None where it is no record."""
    try:
        fields = json.loads(record or "null")
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _clean(value: object, renamed: Any) -> object:
    try:
        text = (scalar_text(value) or "").strip()
    except CellError:
        return value
    return renamed.get(text, text) or None
