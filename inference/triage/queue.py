"""The safety queue: flags and what people decided about them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from ..records.derived import FLAGS


def with_dispositions(flags: pa.Table, dispositions: pa.Table) -> pa.Table:
    """FLAGS rows with the latest decision on their note and kind; without one, a flag is open.

    A decision dated before the note itself cannot be about it.

    Decisions of the same day: open wins over closed, since a doubt must not close a flag.
    """
    latest: dict[tuple[str, str], tuple[date, bool, str | None]] = {}
    for row in dispositions.to_pylist():
        key = (row["note_id"], row["kind"])
        decision = (row["decided_at"], row["disposition"] == "open", row["reason"] or "")
        latest[key] = max(latest.get(key, decision), decision)
    rows = []
    for flag in flags.to_pylist():
        decided = latest.get((flag["note_id"], flag["kind"]))
        if decided is not None and (flag["date"] is None or decided[0] >= flag["date"]):
            decided_at, is_open, reason = decided
            flag |= {
                "disposition": "open" if is_open else "closed",
                "decided_at": decided_at,
                "reason": reason or None,
            }
        rows.append(flag)
    rows.sort(key=lambda flag: (flag["note_id"] or "", flag["start"] or 0, flag["kind"], flag["flag_id"]))
    return pa.Table.from_pylist(rows, schema=FLAGS)
