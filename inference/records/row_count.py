"""About how many rows there are to read, so that a progress bar can say how long it takes."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from ...errors import InputError
from .notices import Notices
from .raw_rows import DAMAGE
from .table_files import TableFile, open_bytes, table_files

_CHUNK_BYTES = 1 << 20


def estimated_rows(path: Path) -> int | None:
    """Rows of a file or folder, from line ends or Parquet's own count; line ends within CSV cells count too.

    None where it cannot be told: what is wrong with a file is for its reader to say.
    """
    try:
        files = table_files(path, Notices())
        return sum(map(_rows, files)) if all(file.path.is_file() for file in files) else None
    except (InputError, *DAMAGE):
        return None


def _rows(file: TableFile) -> int:
    if file.format == "parquet":
        return int(pq.read_metadata(file.path).num_rows)
    lines, last = 0, b"\n"
    with open_bytes(file) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    lines += last != b"\n"
    return lines if file.format == "jsonl" else max(0, lines - 1)
