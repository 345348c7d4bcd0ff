"""One table of whatever source the user names, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from .column_maps import ColumnMap
from .notices import Notices
from .rejects import RejectLog
from .schemas import NOTES, TableSpec
from .tables import BATCH_ROWS, read_batches
from .veeva import VeevaMap, read_exported_notes


def read_rows(
    path: Path,
    spec: TableSpec,
    *,
    column_map: ColumnMap | None,
    rejects: RejectLog,
    notices: Notices,
    batch_rows: int = BATCH_ROWS,
) -> Iterator[pa.Table]:
    """What `read_batches` yields; the notes of an export of Veeva's are read whole first, as group calls need it."""
    if isinstance(column_map, VeevaMap) and spec.name == NOTES.name:
        notes = read_exported_notes(path, column_map, rejects, notices)
        yield from (notes.slice(start, batch_rows) for start in range(0, len(notes), batch_rows))
    else:
        yield from read_batches(
            path, spec, column_map=column_map, rejects=rejects, notices=notices, batch_rows=batch_rows
        )
