"""Tables of experiments: one row a unit, with its arm, outcomes and what was known of it before."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from ...errors import InputError
from ...inference.records import input_file
from ...inference.records.csv_rows import csv_rows
from ...inference.records.lines import DecodedLines
from ...inference.records.nearest import did_you_mean
from ...inference.records.parquet_rows import parquet_rows
from ...inference.records.raw_rows import DAMAGE, BrokenRow, RawFile, UnreadableCell
from ...inference.records.table_files import TableFile, check_magic, open_bytes
from ..metrics import Floats

_WORDS = {
    **dict.fromkeys(("", "na", "n/a", "nan", "null", "none"), math.nan),
    **dict.fromkeys(("yes", "true"), 1.0),
    **dict.fromkeys(("no", "false"), 0.0),
}
_BATCH_ROWS = 10_000


@dataclass(frozen=True)
class ExperimentTable:
    """The columns asked for, as the file holds them.

    Attributes:
        path: where it was read, for messages.
        sha256: of the file's bytes.
        rows: (n,) line of each row in a CSV file (the header is line 1), its number from 1 in a Parquet file.
        columns: (n,) cells by column.
    """

    path: Path
    sha256: str
    rows: tuple[int, ...]
    columns: Mapping[str, tuple[object, ...]]

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def texts(self, column: str) -> tuple[str, ...]:
        """A column as text without outer spaces; "" where a cell is empty."""
        return tuple(map(_text, self.columns[column]))

    def filled(self, column: str) -> tuple[str, ...]:
        """A column as text; raises InputError that names the first row where it is empty."""
        texts = self.texts(column)
        for row, text in zip(self.rows, texts, strict=True):
            if not text:
                raise InputError(f"{self.path}, row {row}: {column!r} is empty; every row needs one")
        return texts

    def units(self, column: str) -> tuple[str, ...]:
        """The column that names units; raises InputError where one is empty or stands in two rows."""
        first: dict[str, int] = {}
        units = self.filled(column)
        for row, unit in zip(self.rows, units, strict=True):
            if first.setdefault(unit, row) != row:
                raise InputError(
                    f"{self.path}, row {row}: {column} {unit!r} stands in row {first[unit]} already; "
                    "give one row a unit (add up or average before)"
                )
        return units

    def numbers(self, column: str) -> Floats:
        """A column as numbers: yes and true are 1, no and false 0; NaN where a cell is empty, "NA", "NaN" or "null".

        Raises:
            InputError: a cell is no finite number; it names the row and the value.
        """
        cells = zip(self.rows, self.columns[column], strict=True)
        return np.asarray([self._number(column, row, cell) for row, cell in cells], dtype=np.float64)

    def _number(self, column: str, row: int, cell: object) -> float:
        text = _text(cell)
        try:
            number = float(text)
        except ValueError:
            number = _WORDS.get(text.lower(), math.inf)
        if math.isinf(number) or "_" in text:  # Python reads 1_000 as a number; no table means it
            raise InputError(
                f"{self.path}, row {row}: {column} is {_text(cell)!r}, which is no number; "
                "give a finite number with a decimal point, yes or no, or an empty cell where nothing was measured"
            )
        return number


def read_experiment_table(path: Path, columns: Sequence[str], *, optional: Collection[str] = ()) -> ExperimentTable:
    """Read the columns of a CSV (plain, .gz, .zst) or Parquet file.

    Args:
        path: the file.
        columns: those it must have.
        optional: those that are read too where it has them.

    Raises:
        InputError: no such file or column, a row that cannot be read, or no rows.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    file = TableFile.of(path)
    if file.format == "jsonl":
        raise InputError(f"{path}: give the table as CSV or Parquet")
    try:
        with _opened(file) as raw:
            names = _wanted(path, raw.header or (), columns, optional)
            rows, cells = _cells(path, raw, names)
    except DAMAGE as e:
        raise InputError(f"{path}: damaged or cut off ({' '.join(str(e).split())}); copy the file again") from e
    if not rows:
        raise InputError(f"{path}: has a header but no rows; nothing was measured")
    sha256 = input_file("experiment", path).sha256
    return ExperimentTable(path, sha256, rows, dict(zip(names, cells, strict=True)))


@contextmanager
def _opened(file: TableFile) -> Iterator[RawFile]:
    if file.format == "parquet":
        check_magic(file)
        with pq.ParquetFile(file.path) as parquet:
            yield parquet_rows(parquet, _BATCH_ROWS)
        return
    with open_bytes(file) as stream:
        delimiter = "\t" if file.format == "tsv" else None
        yield csv_rows(DecodedLines(stream), delimiter=delimiter, where=str(file.path))


def _wanted(path: Path, header: Sequence[str], columns: Sequence[str], optional: Collection[str]) -> list[str]:
    for column in columns:
        if column not in header:
            near = did_you_mean(column, header)
            raise InputError(f"{path}: no column {column!r}{near}; it has {', '.join(header)}")
    names = list(dict.fromkeys([*columns, *(name for name in optional if name in header)]))
    for name in names:
        if header.count(name) > 1:
            raise InputError(f"{path}: {header.count(name)} columns are called {name!r}; rename all but one")
    return names


def _cells(path: Path, raw: RawFile, names: Sequence[str]) -> tuple[tuple[int, ...], list[tuple[object, ...]]]:
    rows: list[int] = []
    cells: list[list[object]] = [[] for _ in names]
    for row in raw.rows:
        if isinstance(row, BrokenRow):
            raise InputError(f"{path}, row {row.number}: {row.reason}; mend the row")
        rows.append(row.number)
        for name, column in zip(names, cells, strict=True):
            cell = row.cells[name]
            if isinstance(cell, UnreadableCell):
                raise InputError(f"{path}, row {row.number}: {name} cannot be read {cell}; mend the cell")
            column.append(cell)
    return tuple(rows), [tuple(column) for column in cells]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float | Decimal):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell == cell // 1 else str(cell)
    return str(cell).strip()
