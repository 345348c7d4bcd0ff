"""Rejected rows as a file of their own, for whoever mends them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from .records import ColumnMap
from .rejected_records import canonical_records
from .runs import make_owner_only, published_file
from .triage.rejected import reject_flags


def write_rejects(target: Path, rejects: pa.Table, column_map: ColumnMap | None = None) -> None:
    """Rejects (schema `records.derived.REJECTS`) as JSON lines, whole rows included; only the owner can read them.

    Each line names the `flags` that the rules find in its row, so that a report of harm outlives the rejection.
    """
    readable = canonical_records(rejects, column_map)
    with published_file(target) as partial:
        make_owner_only(partial)
        with partial.open("w", encoding="utf-8") as file:
            for place, row in enumerate(rejects.to_pylist()):
                kinds = reject_flags(readable.slice(place, 1))["kind"].to_pylist()
                file.write(json.dumps(row | {"flags": sorted(set(kinds))}, ensure_ascii=False) + "\n")
