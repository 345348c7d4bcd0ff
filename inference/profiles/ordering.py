"""Columns as numbers, and orders in which a text is looked at only where it decides."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def coded(column: pa.ChunkedArray) -> tuple[pa.Array, Numbers]:
    """Different values in their order, and the place of each row's; -1 where it is null."""
    values = pc.drop_null(pc.unique(column))
    values = values.take(pc.sort_indices(values))
    return values, places(column, values)


def encoded(column: pa.ChunkedArray) -> tuple[pa.Array, Numbers]:
    """Different values as they come, and the place of each row's; -1 where it is null."""
    found = column.combine_chunks().dictionary_encode()
    return found.dictionary, np.asarray(pc.fill_null(found.indices, -1).to_numpy().astype(np.int64))


def numbered(column: pa.ChunkedArray) -> Numbers:
    """(n,) a number from 0 for each different value, in no order; -1 where it is null."""
    return encoded(column)[1]


def together(*keys: Numbers) -> Numbers:
    """(n,) a number for each different row of keys (n,), none of which is below -1."""
    number = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        number = number * (int(key.max(initial=-1)) + 2) + key + 1
    return number


def places(column: pa.ChunkedArray | pa.Array, values: pa.Array) -> Numbers:
    """(n,) the place of each row's value among `values`; -1 where it is null or none of them."""
    found = pc.fill_null(pc.index_in(column, value_set=values), -1)
    return np.asarray(found.to_numpy(**_copying(found)).astype(np.int64))


def ordered(keys: tuple[Numbers, ...], row: Numbers, texts: pa.ChunkedArray) -> NDArray[np.intp]:
    """The order by keys (n,), the first before the others, then by the text at `row` (n,), then as they stand."""
    order = np.lexsort(keys[::-1])
    first = is_first(*(key[order] for key in keys))
    tied = np.flatnonzero(~first | ~np.append(first[1:], True))
    if len(tied):
        rows = order[tied]
        _, rank = coded(texts.take(pa.array(row[rows])))
        order[tied] = rows[np.lexsort((rank, np.cumsum(first)[tied]))]
    return order


def is_first(*keys: Numbers) -> Flags:
    """(n,) whether a row differs from the one before it in any key."""
    first = np.ones(len(keys[0]), dtype=np.bool_)
    first[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return first


def _copying(column: pa.ChunkedArray | pa.Array) -> dict[str, bool]:
    return {} if isinstance(column, pa.ChunkedArray) else {"zero_copy_only": False}
