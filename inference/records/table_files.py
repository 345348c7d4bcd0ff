"""Which files make up a table, what format each has, and its bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import pyarrow as pa

from ...errors import InputError
from .notices import Notices

Format = Literal["csv", "tsv", "jsonl", "parquet"]
Compression = Literal["gzip", "zstd"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json-lines": "jsonl",
    ".parquet": "parquet",
}
COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
READABLE = "CSV (.csv, .tsv), JSON lines (.jsonl, .ndjson) or Parquet (.parquet), the first two also as .gz or .zst"

_MAGIC: dict[bytes, str] = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PAR1": "parquet",
    b"PK\x03\x04": "zip or Excel",
}
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True)
class TableFile:
    """A file of rows."""

    path: Path
    format: Format
    compression: Compression | None = None

    @classmethod
    def of(cls, path: Path) -> TableFile:
        """Format and compression by suffix; raises InputError for a suffix that cannot be read."""
        compression = COMPRESSIONS.get(path.suffix.lower())
        inner = path.with_suffix("") if compression else path
        file_format = FORMATS.get(inner.suffix.lower())
        if file_format is None or (compression and file_format == "parquet"):
            hint = ". One JSON object a line? Name it .jsonl" if inner.suffix.lower() == ".json" else ""
            raise InputError(f"{path}: cannot read a file of this name as a table; give {READABLE}{hint}")
        return cls(path, file_format, compression)


def table_files(path: Path, notices: Notices) -> tuple[TableFile, ...]:
    """The file, or the files of the folder by name; hidden ones (`.x`, `_x`) are skipped.

    What else lies in a folder is named in a notice. Raises InputError for a path that does not exist and a folder
    without tables.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if not path.is_dir():
        return (TableFile.of(path),)
    files: list[TableFile] = []
    others: list[str] = []
    for entry in sorted(path.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir() or not _is_table_name(entry):
            others.append(entry.name)
        else:
            files.append(TableFile.of(entry))
    if not files:
        found = f"; it holds {_named(others)}" if others else ""
        raise InputError(f"{path}: a folder without tables{found}; give {READABLE}")
    if others:
        notices.add(f"{path}: not read, because they are no tables: {_named(others)}")
    return tuple(files)


@contextmanager
def open_bytes(file: TableFile) -> Iterator[BinaryIO]:
    """The uncompressed bytes as a stream; raises InputError where the content is not what the suffix says.

    A stream that ends in the middle raises OSError when the reader gets there.
    """
    check_magic(file)
    stream = pa.input_stream(str(file.path), compression=file.compression)
    with io.BufferedReader(stream, _BUFFER_BYTES) as buffered:
        yield cast(BinaryIO, buffered)


def check_magic(file: TableFile) -> None:
    """Compare the first bytes with what the suffix says; raises InputError where they differ."""
    try:
        with file.path.open("rb") as stream:
            start = stream.read(4)
    except OSError as e:
        raise InputError(f"{file.path}: cannot be opened: {e.strerror}") from e
    expected = file.compression or ("parquet" if file.format == "parquet" else None)
    actual = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)
    if actual == expected:
        return
    if actual is None:
        raise InputError(f"{file.path}: is not {expected}, or is cut off at its start; copy the file again")
    raise InputError(f"{file.path}: is {actual} by its content, not {expected or file.format}; rename or convert it")


def _is_table_name(path: Path) -> bool:
    try:
        TableFile.of(path)
    except InputError:
        return False
    return True


def _named(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
