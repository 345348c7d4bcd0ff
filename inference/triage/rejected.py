"""A row that cannot be used can still report harm: the rules read rejected records too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from ..records.derived import FLAGS
from .flags import flag_id
from .triage import triage_text

_TEXT_TABLES = frozenset({"notes", "surveys"})
_ID_FIELDS = ("note_id", "response_id", "id", "Id")


def reject_flags(rejects: pa.Table) -> pa.Table:
    """FLAGS rows that the rules find in rejected notes and answers; physician, brand and date as far as they stand."""
    rows = [
        flag
        for reject in rejects.to_pylist()
        if reject["table"] in _TEXT_TABLES and reject["record"]
        for flag in _flags(reject)
    ]
    return pa.Table.from_pylist(rows, schema=FLAGS)


def _flags(reject: dict[str, Any]) -> Iterator[dict[str, Any]]:
    fields = _fields(reject["record"])
    note_id = next((str(fields[name]) for name in _ID_FIELDS if fields.get(name)), f"{reject['file']}:{reject['row']}")
    for text in (value for value in fields.values() if isinstance(value, str)):
        triaged = triage_text(text)
        for hit in triaged.flags:
            masked = triaged.redacted.overlaps(hit.start, hit.end)
            yield {
                "flag_id": flag_id(note_id, hit.kind, hit.start, hit.end),
                "note_id": note_id,
                "hcp_id": _text(fields.get("hcp_id")),
                "brand": _text(fields.get("brand")),
                "date": _day(fields.get("date")),
                "kind": hit.kind,
                "probability": hit.probability,
                "start": hit.start,
                "end": hit.end,
                "evidence": triaged.redacted.shown(hit.start, hit.end),
                "masked": masked,
                "detector": hit.detector,
                "disposition": "open",
            }


def _fields(record: str) -> dict[str, Any]:
    """The record's fields; a row that was not even a record is one field of text."""
    try:
        fields = json.loads(record)
    except ValueError:
        return {"": record}
    return fields if isinstance(fields, dict) else {"": record}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
