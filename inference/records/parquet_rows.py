"""Rows of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .raw_rows import BrokenRow, RawFile, RawRow, UnreadableCell


def parquet_rows(file: pq.ParquetFile, batch_rows: int) -> RawFile:
    """Rows numbered from 1, read in batches of `batch_rows`, so that a large file never stands in memory whole."""
    return RawFile(tuple(file.schema_arrow.names), _rows(file, batch_rows))


def _rows(file: pq.ParquetFile, batch_rows: int) -> Iterator[RawRow | BrokenRow]:
    names = file.schema_arrow.names
    number = 0
    for batch in file.iter_batches(batch_size=batch_rows):
        for cells in zip(*(_values(column) for column in batch.columns), strict=True):
            number += 1
            yield RawRow(number, dict(zip(names, cells, strict=True)), 0)


def _values(column: Any) -> list[object]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python's datetime ends at microseconds.
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    try:
        values: list[object] = column.to_pylist()
    except (ValueError, OverflowError):
        return [_value(scalar) for scalar in column]
    return values


def _value(scalar: Any) -> object:
    try:
        value: object = scalar.as_py()
    except UnicodeDecodeError:
        raw: bytes = scalar.as_buffer().to_pybytes()  # kept, so that what can be read of it is searched for harm
        return raw
    except (ValueError, OverflowError) as e:
        return UnreadableCell(f"no value that can be read: {e}")
    return value
