"""Rows of a file with one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from .lines import Line
from .raw_rows import BrokenRow, RawFile, RawRow

UNREADABLE = "neither UTF-8 nor Windows-1252"

# Not strict: a raw tab or NUL inside a string is bad JSON, but no reason to lose the note.
_decode = json.JSONDecoder(strict=False).decode


def jsonl_rows(lines: Iterable[Line]) -> RawFile:
    """Each object is a row; blank lines are skipped, anything else is a broken row."""
    return RawFile(None, _rows(lines))


def _rows(lines: Iterable[Line]) -> Iterator[RawRow | BrokenRow]:
    for number, text, readable in lines:
        if text.isspace():
            continue
        if not readable:
            yield BrokenRow(number, UNREADABLE, text, len(text))
            continue
        try:
            value = _decode(text)
        except (ValueError, RecursionError) as e:
            yield BrokenRow(number, f"not valid JSON: {_problem(e)}", text, len(text))
            continue
        if type(value) is dict:
            yield RawRow(number, value, len(text))
        else:
            yield BrokenRow(number, "not a JSON object; each line holds one row as {…}", value, len(text))


def _problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number of too many digits"
