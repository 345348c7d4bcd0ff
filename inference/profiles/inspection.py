"""Inspection: the published tables as one JSON object per physician and brand, the shape of `hcplens inspect`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .profile import ProfileTables
from .states import is_open

_CHANNEL_FIELDS = ("channel", "p_engage", "low", "high", "rank", "exposures", "stated", "consented", "why")
_ENTRY_FIELDS = ("topic", "state", "probability", "low", "high", "trend", "first_seen", "last_seen", "evidence")
_CONFLICT_FIELDS = ("topic", "between", "what", "evidence")

Row = dict[str, Any]


def inspect(
    tables: ProfileTables,
    *,
    pairs: Iterable[tuple[str, str | None]],
    flags: pa.Table,
    as_of: date,
    hcp_id: str | None = None,
    brand: str | None = None,
    topic: str | None = None,
) -> list[Row]:
    """One object for each (hcp_id, brand) of `pairs` and of the tables, sorted; dates are ISO strings.

    `pairs` are those seen in the input, so that a physician with events alone has an object too. `hcp_id` and `brand`
    pick objects; `topic` keeps the entries and conflicts of one topic, and the objects that have any. `adoption_stage`
    is None where nothing is claimed. What concerns no brand (conflicts over channels, flags without one) stands under
    each of the physician's brands.
    """
    profiles, conflicts, channels, stages, open_flags = (
        _grouped(table, hcp_id) for table in (tables.profiles, tables.conflicts, tables.channels, tables.stages, flags)
    )
    found = []
    for physician, product in _pairs(tables, pairs):
        if hcp_id not in (None, physician) or brand not in (None, product):
            continue
        entries = [e for e in _of(profiles, physician, product) if topic in (None, e["topic"])]
        disputes = [c for c in _of_any(conflicts, physician, product) if topic in (None, c["topic"])]
        if topic is not None and not entries and not disputes:
            continue
        found.append(
            {
                "hcp_id": physician,
                "brand": product,
                "as_of": as_of.isoformat(),
                "barriers": _entries(entries, "barrier"),
                "drivers": _entries(entries, "driver"),
                "channels": _channels(channels[physician]),
                "adoption_stage": _stage(_of(stages, physician, product)),
                "conflicts": [_plain(_picked(conflict, _CONFLICT_FIELDS)) for conflict in disputes],
                "open_flags": _open_flags(_of_any(open_flags, physician, product)),
            }
        )
    return found


def _pairs(tables: ProfileTables, pairs: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    known = zip(tables.profiles["hcp_id"].to_pylist(), tables.profiles["brand"].to_pylist(), strict=True)
    return sorted({*pairs, *known}, key=lambda pair: (pair[0], pair[1] or ""))


def _grouped(table: pa.Table, hcp_id: str | None) -> Mapping[str, list[Row]]:
    chosen = table if hcp_id is None else table.filter(pc.equal(table["hcp_id"], hcp_id))
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in chosen.to_pylist():
        groups[row["hcp_id"]].append(row)
    return groups


def _of(groups: Mapping[str, list[Row]], hcp_id: str, brand: str | None) -> list[Row]:
    return [row for row in groups[hcp_id] if row["brand"] == brand]


def _of_any(groups: Mapping[str, list[Row]], hcp_id: str, brand: str | None) -> list[Row]:
    return [row for row in groups[hcp_id] if row["brand"] in (None, brand)]


def _entries(entries: Sequence[Row], polarity: str) -> list[Row]:
    chosen = [entry for entry in entries if entry["polarity"] == polarity]
    chosen.sort(key=lambda entry: (not is_open(entry), -entry["probability"], entry["topic"]))
    return [_plain(_picked(entry, _ENTRY_FIELDS)) for entry in chosen]


def _channels(rows: Sequence[Row]) -> list[Row]:
    return [_picked(row, _CHANNEL_FIELDS) for row in sorted(rows, key=lambda row: row["rank"])]


def _stage(rows: Sequence[Row]) -> Row | None:
    return _picked(rows[0], ("stage", "probability")) if rows else None


def _open_flags(rows: Sequence[Row]) -> list[Row]:
    flagged = sorted({(row["note_id"], row["kind"]) for row in rows if row["disposition"] == "open"})
    return [{"kind": kind, "note_id": note_id} for note_id, kind in flagged]


def _picked(row: Row, fields: Sequence[str]) -> Row:
    return {name: row[name] for name in fields}


def _plain(value: Any) -> Any:
    """The value with every date as an ISO string."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
