"""Physicians in parts: tables cut so that all rows of a physician are together, and few enough to hold as objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def by_physicians(tables: Sequence[pa.Table], rows: int) -> Iterator[tuple[pa.Table, ...]]:
    """The rows of some physicians after those of others, of every table; parts are in the order of `hcp_id`.

    Args:
        tables: with a column `hcp_id`, in which nothing is missing.
        rows: of all tables together in a part, or those of one physician if they are more.
    """
    ids = pa.chunked_array([chunk for table in tables for chunk in table["hcp_id"].chunks], pa.string())
    physicians = ids.unique().sort()
    codes = [pc.index_in(table["hcp_id"], value_set=physicians).to_numpy() for table in tables]
    counts = np.sum([np.bincount(code, minlength=len(physicians)) for code in codes], axis=0, dtype=np.int64)
    part_of = np.cumsum(counts) // rows
    placed = [(np.argsort(part_of[code], kind="stable"), np.sort(part_of[code])) for code in codes]
    for part in np.unique(part_of):
        yield tuple(
            table.take(order[np.searchsorted(parts, part) : np.searchsorted(parts, part, side="right")])
            for table, (order, parts) in zip(tables, placed, strict=True)
        )
