"""Raw rows to columns of canonical values, with what is wrong in the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .cells import ColumnParser
from .column_maps import TableMap
from .raw_rows import RawRow
from .schemas import TableSpec


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be used: its first bad column, what the source says there, and the reason."""

    field: str
    value: object
    reason: str


@dataclass(frozen=True)
class ParsedRows:
    """Values column by column in the order of the table, and the problems by the index of their row.

    `repaired` counts texts in which half a surrogate pair was replaced.
    """

    columns: list[list[object]]
    problems: dict[int, Problem]
    repaired: int


class RowParser:
    """Parses the rows of one table."""

    def __init__(self, spec: TableSpec, table_map: TableMap, today: date) -> None:
        self._parsers: dict[str, ColumnParser] = {}
        self._sources = {column.name: table_map.source_of(column.name) for column in spec.columns}
        self._verbatim = {column.name for column in spec.columns if column.verbatim}
        for column in spec.columns:
            is_id = column.name in spec.key
            repeats = not (is_id or column.verbatim or column.kind == "timestamp")
            values = table_map.values_of(column.name)
            self._parsers[column.name] = ColumnParser(column, values, today, repeats=repeats)

    def parse(self, rows: Sequence[RawRow]) -> ParsedRows:
        """Parse every cell; a row with several problems shows the first in the order of the columns."""
        cells = [row.cells for row in rows]
        columns: list[list[object]] = []
        problems: dict[int, Problem] = {}
        repaired = 0
        for name, parser in self._parsers.items():
            source = self._sources[name]
            raw = [row.get(source) for row in cells]
            values, reasons = parser.parse(raw)
            columns.append(values)
            for index, reason in reasons.items():
                problems.setdefault(index, Problem(name, raw[index], reason))
            if name in self._verbatim:
                repaired += _changed(raw, values)
        return ParsedRows(columns, problems, repaired)


def _changed(raw: Sequence[object], values: Sequence[object]) -> int:
    pairs = zip(raw, values, strict=True)
    return sum(type(before) is str and after is not None and before != after for before, after in pairs)
