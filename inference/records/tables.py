"""Files to a canonical table, in batches, with every row that cannot be used accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa

from .column_maps import ColumnMap
from .notices import Notices
from .rejects import RejectLog
from .schemas import TableSpec
from .table_files import table_files
from .table_reading import TableReading

BATCH_ROWS = 4096


def read_table(
    path: Path,
    spec: TableSpec,
    *,
    column_map: ColumnMap | None = None,
    rejects: RejectLog,
    notices: Notices,
    batch_rows: int = BATCH_ROWS,
    today: date | None = None,
) -> pa.Table:
    """All of `read_batches` as one table."""
    batches = read_batches(
        path, spec, column_map=column_map, rejects=rejects, notices=notices, batch_rows=batch_rows, today=today
    )
    return pa.concat_tables([spec.schema.empty_table(), *batches])


def read_batches(
    path: Path,
    spec: TableSpec,
    *,
    column_map: ColumnMap | None = None,
    rejects: RejectLog,
    notices: Notices,
    batch_rows: int = BATCH_ROWS,
    today: date | None = None,
) -> Iterator[pa.Table]:
    """Tables of `spec.schema` from a file or a folder, in the order of the file; nothing is held but one batch.

    Bad rows go to `rejects`, what else is worth knowing to `notices` (the counted ones when the last batch is out).
    Rows dated more than a day after `today` (default: the machine's date) are bad. Identical rows collapse.

    Raises:
        InputError: no such file, a format that cannot be read, a damaged file, a required column that is missing.
    """
    table_map = (column_map or ColumnMap(name="canonical")).of(spec.name)
    reading = TableReading(spec, table_map, today or date.today(), rejects, notices)
    for file in table_files(path, notices):
        yield from reading.read(file, batch_rows)
    reading.finish()
