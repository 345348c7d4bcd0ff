"""What `hcplens inspect` says of a physician, held in memory and put together when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa

from ..inspecting import PROFILE_TABLES, physician_brand_pairs
from ..profiles import ProfileTables, SegmentExpectations, inspect
from ..runs import Run

_READ = tuple(name for name in PROFILE_TABLES if name != "transitions")


_FEWEST_LIKE = 5
"""A representative must not learn of one physician what is known of one or two others."""


class PhysicianViews:
    """The objects of `inspect_run(run, hcp_id=…)`, without reading the run again."""

    def __init__(self, run: Run) -> None:
        self._as_of = run.as_of
        self._brands: dict[str, set[str | None]] = defaultdict(set)
        for hcp_id, brand in physician_brand_pairs(run):
            self._brands[hcp_id].add(brand)
        whole = {name: run.table(name) for name in _READ} | {"flags": run.table("flags")}
        self._tables = {name: _RowsByPhysician(table) for name, table in whole.items()}
        self._transitions = run.table("transitions").slice(0, 0)
        hcps = run.table("hcps")
        self._listed = frozenset(hcps["hcp_id"].to_pylist())
        tables = ProfileTables(transitions=self._transitions, **{name: whole[name] for name in _READ})
        self._expectations = SegmentExpectations(
            tables, hcps=hcps, consents=run.table("consents"), as_of=run.as_of, fewest_like=_FEWEST_LIKE
        )
        self._all_brands = sorted({brand for known in self._brands.values() for brand in known if brand})

    def knows(self, hcp_id: str) -> bool:
        """Whether the run lists the physician or speaks of them."""
        return hcp_id in self._listed or hcp_id in self._brands

    def of(self, hcp_id: str) -> list[dict[str, Any]]:
        """An object a brand; of a physician of whom nothing is known, what is expected of their like."""
        if hcp_id not in self._brands:
            return self._expectations.of(hcp_id, self._all_brands)
        rows = {name: table.of(hcp_id) for name, table in self._tables.items()}
        flags = rows.pop("flags")
        tables = ProfileTables(transitions=self._transitions, **rows)
        pairs = [(hcp_id, brand) for brand in self._brands[hcp_id]]
        return inspect(tables, pairs=pairs, flags=flags, as_of=self._as_of)


class _RowsByPhysician:
    """A table whose rows of one physician lie together, so that they are a slice of it."""

    def __init__(self, table: pa.Table) -> None:
        codes, names = _coded(table)
        if len(_starts(codes)) > len(set(codes.tolist())):
            table = table.take(pa.array(np.argsort(codes, kind="stable")))
            codes, names = _coded(table)
        starts = _starts(codes)
        stops = np.append(starts, len(codes))[1:]
        self._table = table
        self._slices = {
            names[codes[start]]: (int(start), int(stop - start)) for start, stop in zip(starts, stops, strict=True)
        }

    def of(self, hcp_id: str) -> pa.Table:
        """The physician's rows in the table's order."""
        return self._table.slice(*self._slices.get(hcp_id, (0, 0)))


def _coded(table: pa.Table) -> tuple[Any, list[Any]]:
    """(n,) a number for each row's physician, and their ids by number; a row may have none."""
    column = table["hcp_id"].combine_chunks()
    encoded = column.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()


def _starts(codes: Any) -> Any:
    """Rows where another physician begins."""
    return np.flatnonzero(np.diff(codes, prepend=-1) != 0)
