"""The safety queue: flags and what people decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from ..records.derived import FLAGS

Decision = tuple[date, bool, str]
"""The day, whether the flag stays open, and the reason; the greatest holds."""


def with_dispositions(flags: pa.Table, dispositions: pa.Table) -> pa.Table:
    """FLAGS rows with the latest decision on their note and kind; without one, a flag is open.

    A decision that a flag already carries counts like the others. One dated before anybody was aware of the flag
    cannot be about it.

    Decisions of the same day: open wins over closed, since a doubt must not close a flag.
    """
    latest: dict[tuple[str, str], Decision] = {}
    for row in dispositions.to_pylist():
        key, decision = (row["note_id"], row["kind"]), _decision(row)
        latest[key] = max(latest.get(key, decision), decision)
    rows = []
    for flag in flags.to_pylist():
        decided = latest.get((flag["note_id"], flag["kind"]))
        if decided is not None and (flag["aware_at"] is None or decided[0] >= flag["aware_at"]):
            decided_at, stays_open, reason = max(decided, _decision(flag)) if flag["decided_at"] else decided
            flag |= {
                "disposition": "open" if stays_open else "closed",
                "decided_at": decided_at,
                "reason": reason or None,
            }
        rows.append(flag)
    rows.sort(key=lambda flag: (flag["note_id"] or "", flag["start"] or 0, flag["kind"], flag["flag_id"]))
    return pa.Table.from_pylist(rows, schema=FLAGS)


def is_open(flag: Mapping[str, Any], as_of: date) -> bool:
    """Whether nobody had closed the flag (a row of FLAGS) by the end of the day `as_of`."""
    return flag["disposition"] != "closed" or (flag["decided_at"] is not None and flag["decided_at"] > as_of)


def is_overdue(flag: Mapping[str, Any], as_of: date) -> bool:
    """Whether the flag was still open after the day it was due."""
    return is_open(flag, as_of) and flag["due_at"] < as_of


def _decision(row: Mapping[str, Any]) -> Decision:
    return row["decided_at"], row["disposition"] == "open", row["reason"] or ""
