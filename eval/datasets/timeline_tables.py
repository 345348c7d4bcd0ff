"""The tables of timelines as a run reads them, whatever their format, and whom and what they know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ...inference.records import TABLES, Notices, RejectLog, read_table


def canonical_table(path: Path, name: str) -> pa.Table:
    """The usable rows of a table; raises InputError where the file cannot be read as one."""
    return read_table(path, TABLES[name], rejects=RejectLog(), notices=Notices())


def known_ids(tables: Mapping[str, Path], column: str) -> frozenset[str]:
    """Every value of a column in those tables that have it, such as the physicians of all tables together."""
    found: set[str] = set()
    for name, path in tables.items():
        if column in TABLES[name].schema.names:
            found.update(pc.unique(canonical_table(path, name)[column].drop_null()).to_pylist())
    return frozenset(found)
