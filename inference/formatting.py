"""Results as text: JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def json_text(records: Sequence[Mapping[str, Any]]) -> str:
    """An indented JSON list, UTF-8 characters as they are."""
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def without_nan(value: Any) -> Any:
    """The value with null for every number that JSON does not have; mappings and sequences as dicts and lists."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def csv_text(rows: Iterable[Mapping[str, Any]], fields: Sequence[str], verbatim: Collection[str] = ()) -> str:
    """CSV with a header; text that a spreadsheet would run as a formula is quoted with an apostrophe.

    Fields that are `verbatim` are written as they are: an apostrophe would change approved wording.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=fields, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({field: row.get(field) if field in verbatim else _cell(row.get(field)) for field in fields})
    return stream.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
