"""Rejected rows under canonical names, so that a flag in one of them still finds its physician."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pyarrow as pa

from .records import TABLES, ColumnMap
from .records.cells import CellError, scalar_text
from .records.schemas import CHANNELS, CONSENTS


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


def refusals(rejects: pa.Table, as_of: date) -> pa.Table:
    """Consents for rejected consent rows: whatever they said, nothing may be sent until somebody has mended them.

    `rejects` speak canonically. A row without a readable channel closes every channel of its physician.
    """
    moment = datetime.combine(as_of, time.max, UTC)
    rows = []
    for table, record in zip(rejects["table"].to_pylist(), rejects["record"].to_pylist(), strict=True):
        fields = (_fields(record) or {}) if table == "consents" else {}
        if fields.get("hcp_id"):
            named = str(fields.get("channel")).lower().replace("-", "_").replace(" ", "_")
            for channel in (named,) if named in CHANNELS else CHANNELS:
                rows.append((str(fields["hcp_id"]), channel, "never", moment))
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    return pa.table(dict(zip(CONSENTS.names, map(list, columns), strict=True)), schema=CONSENTS.schema)


def _canonical(table: str, record: str | None, column_map: ColumnMap) -> str | None:
    fields = _fields(record)
    if table not in TABLES or fields is None:
        return record
    table_map = column_map.of(table)
    for column in TABLES[table].columns:
        source = table_map.source_of(column.name)
        if source not in fields:
            continue
        value = fields.pop(source)
        fields[column.name] = value if column.verbatim else _clean(value, table_map.values_of(column.name))
    return json.dumps(fields)


def _fields(record: str | None) -> dict[str, Any] | None:
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
