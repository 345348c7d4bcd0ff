"""Fields over which the rows of one id disagree: nothing tells which row is right, so they are unknown."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from .notices import Notices, counted
from .schemas import TableSpec

_SHOWN = 3


def without_disputed(table: pa.Table, rejected: pa.Table, spec: TableSpec, notices: Notices) -> pa.Table:
    """The table with null in each column of `spec.unknown_if_disputed` in which a rejected row of the same key differs.

    An empty value differs from any other. One notice counts the ids and names the first.
    """
    others: defaultdict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rejected.to_pylist():
        others[_key(row, spec)].append(row)
    if not others:
        return table
    told, rows = [], table.to_pylist()
    for row in rows:
        key = _key(row, spec)
        disputed = [
            name for name in spec.unknown_if_disputed if any(other[name] != row[name] for other in others.get(key, ()))
        ]
        if disputed:
            row.update(dict.fromkeys(disputed))
            told.append(f"{' '.join(map(str, key))}: {', '.join(disputed)}")
    if told:
        ids = counted(len(told), "id")
        shown = "; ".join(told[:_SHOWN]) + ("; …" if len(told) > _SHOWN else "")
        notices.add(f"{spec.name}: {ids} with rows that disagree; what they disagree on counts as unknown ({shown})")
    return pa.Table.from_pylist(rows, schema=table.schema)


def _key(row: dict[str, Any], spec: TableSpec) -> tuple[Any, ...]:
    return tuple(row[name] for name in spec.key)
