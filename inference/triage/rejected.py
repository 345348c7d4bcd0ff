"""A row that cannot be used can still report harm: the rules read rejected records too."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from ..records.derived import FLAGS
from ..records.surrogates import replaced
from .flags import flag_id
from .triage import triage_text

_TEXT_TABLES = frozenset({"notes", "surveys"})
_ID_FIELDS = ("note_id", "response_id", "id", "Id")
_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])')


def reject_flags(rejects: pa.Table, used: Collection[str] = frozenset(), until: date = date.max) -> pa.Table:
    """FLAGS rows that the rules find in rejected notes and answers; physician, brand and date as far as they stand.

    A record without an id is named by its place and what it holds: files of other days have the same places. So is one
    whose id is in `used`, by another record that was not rejected: decisions about that one are not about this. What is
    dated after `until` is not known yet.
    """
    rows = [
        flag
        for reject in rejects.to_pylist()
        if reject["table"] in _TEXT_TABLES and reject["record"]
        for flag in _flags(reject, used)
        if flag["date"] is None or flag["date"] <= until
    ]
    return pa.Table.from_pylist(rows, schema=FLAGS)


def _flags(reject: dict[str, Any], used: Collection[str]) -> Iterator[dict[str, Any]]:
    fields = _fields(reject["record"])
    note_id = _record_id(reject, fields, used)
    for text in _texts(fields):
        triaged = triage_text(text)
        for hit in triaged.flags:
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
                "masked": triaged.redacted.overlaps(hit.start, hit.end),
                "detector": hit.detector,
                "disposition": "open",
            }


def _record_id(reject: dict[str, Any], fields: dict[str, Any], used: Collection[str]) -> str:
    digest = hashlib.sha256(reject["record"].encode("utf-8", "surrogatepass")).hexdigest()[:8]
    given = next((str(fields[name]) for name in _ID_FIELDS if fields.get(name)), None)
    if given is None:
        return f"{reject['file']}:{reject['row']}#{digest}"
    return f"{given}#{digest}" if given in used else given


def _fields(record: str) -> dict[str, Any]:
    """The record's fields; a row that was not even a record is one field of text."""
    try:
        found = json.loads(record)
    except ValueError:
        found = record
    if isinstance(found, str):
        found = {"": _unescaped(found)}
    whole: dict[str, Any] = _whole(found if isinstance(found, dict) else {"": found})
    return whole


def _unescaped(line: str) -> str:
    """A line of JSON that is cut off, with its line breaks as line breaks: else they are letters of the words there."""
    if not line.lstrip().startswith(("{", "[")):
        return line
    return _ESCAPE.sub(lambda escape: json.loads(f'"{escape[0]}"'), line)


def _whole(value: Any) -> Any:
    """The value with no half of a surrogate pair in it; offsets stay."""
    if isinstance(value, str):
        return replaced(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return value


def _texts(value: object) -> Iterator[str]:
    """Every text in a record, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
