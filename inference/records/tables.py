"""Files to a canonical table, in batches, with every row that cannot be used accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa

from .column_maps import ColumnMap
from .disputed import without_disputed
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
    """All of `read_batches` as one table, in which columns may be null where rows disagree, see `without_disputed`."""
    reading = _reading(spec, column_map, today, rejects, notices)
    table = pa.concat_tables([spec.schema.empty_table(), *_batches(reading, path, batch_rows, notices)])
    return without_disputed(table, reading.disputed, spec, notices)


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
    return _batches(_reading(spec, column_map, today, rejects, notices), path, batch_rows, notices)


def _reading(
    spec: TableSpec, column_map: ColumnMap | None, today: date | None, rejects: RejectLog, notices: Notices
) -> TableReading:
    table_map = (column_map or ColumnMap(name="canonical")).of(spec.name)
    return TableReading(spec, table_map, today or date.today(), rejects, notices)


def _batches(reading: TableReading, path: Path, batch_rows: int, notices: Notices) -> Iterator[pa.Table]:
    for file in table_files(path, notices):
        yield from reading.read(file, batch_rows)
    reading.finish()
