"""CSV files of a million rows, each column as text: what is wrong with a value is said by who knows what it means."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from ...errors import InputError
from ..metrics import Floats

_FIRST_ROW = 2
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Numbered:
    """A column of names as numbers: `names` sorted, `numbers` (n,) into them."""

    names: tuple[str, ...]
    numbers: NDArray[np.intp]


@dataclass(frozen=True)
class TextColumns:
    """The columns of one CSV file; rows are counted from the header, which is row 1; blank lines are none."""

    path: Path
    table: pa.Table

    @property
    def names(self) -> list[str]:
        """The columns, in the file's order."""
        return list(self.table.column_names)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def one_of(self, names: Sequence[str]) -> str | None:
        """Which of these columns the file has; raises InputError where it has two of them."""
        found = [name for name in names if name in self.names]
        if len(found) > 1:
            raise InputError(f"{self.path}: has the columns {_listed(found)}, which mean the same; keep one")
        return found[0] if found else None

    def required(self, names: Sequence[str]) -> str:
        """Which of these columns the file has; raises InputError where it has none or two of them."""
        name = self.one_of(names)
        if name is None:
            raise InputError(f"{self.path}: has no column {' or '.join(names)}; it has {_listed(self.names)}")
        return name

    def texts(self, name: str) -> Numbered:
        """The column's values as they stand, without spaces around them."""
        encoded = self._trimmed(name).dictionary_encode()
        names = cast("list[str]", encoded.dictionary.to_pylist())
        order = sorted(range(len(names)), key=names.__getitem__)
        rank = np.empty(len(names), dtype=np.intp)
        rank[order] = np.arange(len(names))
        numbers = rank[encoded.indices.to_numpy()] if len(self) else np.empty(0, dtype=np.intp)
        return Numbered(tuple(names[at] for at in order), numbers)

    def named(self, name: str) -> Numbered:
        """The column's values; raises InputError where one is empty."""
        column = self.texts(name)
        if "" in column.names:
            self.refuse(name, int(np.flatnonzero(column.numbers == column.names.index(""))[0]), "is empty")
        return column

    def floats(self, name: str) -> Floats:
        """The column as finite numbers (n,); raises InputError that names the first row that holds none."""
        texts = self._trimmed(name)
        try:
            values = np.asarray(pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        except pa.ArrowInvalid:
            self.refuse(name, next(at for at, text in enumerate(texts.to_pylist()) if not is_number(text)), "no number")
        self.require(name, np.isfinite(values), "is not finite")
        return values

    def require(self, name: str, holds: NDArray[np.bool_], reason: str) -> None:
        """Raise InputError at the first row where a condition (n,) does not hold."""
        if not holds.all():
            self.refuse(name, int(np.argmin(holds)), reason)

    def refuse(self, name: str, at: int, reason: str) -> NoReturn:
        """Raise InputError for the value of a column at a position counted from 0."""
        value = str(self.table.column(name)[at].as_py())
        shown = repr(value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + " …")
        raise InputError(f"{self.path} row {at + _FIRST_ROW}, {name} {shown}: {reason}; correct it or take the row out")

    def _trimmed(self, name: str) -> pa.Array:
        trimmed = pc.utf8_trim_whitespace(self.table.column(name))
        return trimmed.combine_chunks() if isinstance(trimmed, pa.ChunkedArray) else trimmed


def read_text_columns(path: Path) -> TextColumns:
    """The columns of a CSV file with commas, plain or as .gz.

    Raises:
        InputError: no such file, no header, a column twice, a row with more or fewer cells, bytes that are no UTF-8 or
            a damaged archive.
    """
    header = csv_header(path)
    twice = sorted({name for name in header if header.count(name) > 1})
    if not header or twice:
        raise InputError(f"{path}: " + (f"has two columns {twice[0]!r}" if twice else "is empty, without a header"))
    with _opened(path) as stream:
        return TextColumns(path, _table(stream, header))


def csv_header(path: Path) -> list[str]:
    """The columns that a CSV file names, none where it is empty; raises InputError where it cannot be read."""
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text), [])


def is_number(text: str) -> bool:
    """Whether a text is one number."""
    try:
        pc.cast(pa.array([text]), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The uncompressed bytes; what is wrong with them becomes an InputError."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield cast("IO[bytes]", stream)
    except (FileNotFoundError, IsADirectoryError) as e:
        raise InputError(f"{path} is no file: name a CSV file, plain or as .gz") from e
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError, pa.ArrowInvalid) as e:
        raise InputError(f"{path}: cannot be read as CSV with commas: {e}; export it again") from e


def _table(stream: IO[bytes], header: Sequence[str]) -> pa.Table:
    as_text = arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False)
    in_order = arrow_csv.ReadOptions(use_threads=False)  # several threads do not know the row of an error
    return arrow_csv.read_csv(stream, read_options=in_order, convert_options=as_text)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
