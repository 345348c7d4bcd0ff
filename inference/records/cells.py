"""Cells: from what a file holds to the values of a canonical column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from .nearest import did_you_mean
from .raw_rows import UnreadableCell
from .salesforce_ids import whole_id
from .schemas import Column
from .surrogates import has_lone_surrogates, replaced

CellParser = Callable[[object], object]

_EXTENDED_DATE = re.compile(r"\d{4}-")


class CellError(ValueError):
    """The cell has no place in its column; the message is the reason of the reject."""


class ColumnParser:
    """Parses a column, many cells at a time."""

    def __init__(self, column: Column, values: Mapping[str, str], today: date, *, repeats: bool) -> None:
        """As for `cell_parser`; with `repeats` the column has few different values, which are parsed once each."""
        self._parse = cell_parser(column, values, today)
        # Typed, because 1 and True are equal but do not read the same.
        self._fast = lru_cache(maxsize=4096, typed=True)(self._parse) if repeats else self._parse

    def parse(self, cells: Sequence[object]) -> tuple[list[object], dict[int, str]]:
        """The values, None for the bad ones, and the reasons of those by index."""
        try:
            return list(map(self._fast, cells)), {}
        except (CellError, TypeError):  # TypeError: a list or an object has no hash to remember it by
            return self._parse_one_by_one(cells)

    def _parse_one_by_one(self, cells: Sequence[object]) -> tuple[list[object], dict[int, str]]:
        values: list[object] = []
        reasons: dict[int, str] = {}
        for index, cell in enumerate(cells):
            try:
                values.append(self._parse(cell))
            except CellError as e:
                values.append(None)
                reasons[index] = str(e)
        return values, reasons


def cell_parser(column: Column, values: Mapping[str, str], today: date) -> CellParser:
    """The parser of a column: it returns None for an empty optional cell and raises CellError for a bad one.

    `values` renames what the source says before anything else. A date more than a day after `today` is an error.
    Half a surrogate pair in verbatim text becomes U+FFFD, one code point for one.
    """
    if column.verbatim:
        return _verbatim_parser(column)
    convert = _converter(column, today + timedelta(days=1))
    required = column.required

    def parse(value: object) -> object:
        text = clean_text(value)
        if text is None:
            if required:
                raise CellError("empty, but required")
            return None
        if values:
            text = values.get(text, text)
        return convert(text) if convert else text

    return parse


def _verbatim_parser(column: Column) -> CellParser:
    may_be_empty = column.may_be_empty
    required = column.required

    def parse(value: object) -> object:
        text = value if type(value) is str else scalar_text(value)
        if may_be_empty:
            text = text or ""
        elif not text or text.isspace():
            if required:
                raise CellError("empty, but required")
            return None
        return replaced(text)

    return parse


def _converter(column: Column, latest: date) -> Callable[[str], object] | None:
    if column.kind == "date":
        return lambda text: _not_after(latest, iso_date(text))
    if column.kind == "timestamp":
        return lambda text: _timestamp_until(latest, text)
    if column.kind == "number":
        return _number
    if column.kind == "salesforce_id":
        return _salesforce_id
    if column.choices:
        return lambda text: _choice(text, column.choices)
    return None


def clean_text(value: object) -> str | None:
    """Text of a single value without the blanks around it, None where nothing is left.

    Raises CellError for a list or an object, a NUL byte and half a surrogate pair.
    """
    text = value if type(value) is str else scalar_text(value)
    if text is None:
        return None
    text = text.strip()
    if "\0" in text:
        raise CellError("contains a NUL byte")
    if has_lone_surrogates(text):
        raise CellError("contains half a surrogate pair, which is no character")
    return text or None


def scalar_text(value: object) -> str | None:
    """Text of a single value, None for null and NaN; whole floats lose their ".0" so that ids match across files.

    Raises CellError for a list or an object.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _decoded(value)
    if isinstance(value, UnreadableCell):
        raise CellError(value.reason)
    kind = "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else type(value).__name__
    raise CellError(f"{kind} where a single value is due")


def _float_text(value: float) -> str | None:
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as e:
        raise CellError("not valid UTF-8") from e


@lru_cache(maxsize=8192)
def iso_date(text: str) -> date:
    """The day of an ISO date or time; raises CellError for anything else."""
    return _datetime(text, "not an ISO date; write YYYY-MM-DD").date()


def _timestamp_until(latest: date, text: str) -> datetime:
    reason = "not an ISO time; write YYYY-MM-DDTHH:MM:SSZ"
    moment = _datetime(text, reason)
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as e:
        raise CellError(reason) from e
    _not_after(latest, moment.date())
    return moment


def _datetime(text: str, reason: str) -> datetime:
    # fromisoformat alone would take a number such as an epoch for a compact date.
    if not _EXTENDED_DATE.match(text):
        raise CellError(reason)
    try:
        return datetime.fromisoformat(text)
    except ValueError as e:
        raise CellError(reason) from e


def _not_after(latest: date, day: date) -> date:
    if day > latest:
        raise CellError(f"lies in the future (today is {latest - timedelta(days=1)})")
    return day


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        raise CellError("not a number; write digits with a decimal point")
    return number


def _salesforce_id(text: str) -> str:
    try:
        return whole_id(text)
    except ValueError as e:
        raise CellError(str(e)) from e


def _choice(text: str, choices: tuple[str, ...]) -> str:
    choice = _normalised(text)
    if choice not in choices:
        raise CellError(_unknown(text, choices))
    return choice


@lru_cache(maxsize=8192)
def _normalised(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.lower())


@lru_cache(maxsize=1024)
def _unknown(text: str, choices: tuple[str, ...]) -> str:
    return f"unknown value{did_you_mean(text, choices)}; one of {', '.join(choices)}"
