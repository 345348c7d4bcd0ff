"""Stated channel preferences: what each physician said last about each channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .evidence import Evidence, newest_first, of_row
from .statements import EVEN


@dataclass(frozen=True)
class Stance:
    """The latest stance (prefers, avoids) of a physician on a channel, with everything said about it, newest first."""

    hcp_id: str
    channel: str
    stance: str
    probability: float
    date: date
    source: str
    evidence: tuple[Evidence, ...]

    @property
    def stated(self) -> str | None:
        """The stance where it is more likely than not, else None."""
        return self.stance if self.probability >= EVEN else None


def channel_statements_by_pair(
    channel_statements: pa.Table, as_of: date
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Rows of CHANNEL_STATEMENTS by (hcp_id, channel), oldest first, each once, none after `as_of`.

    Of one day the least sure comes first, and `avoids` last where equally sure: the last row decides.
    """
    known = channel_statements.filter(pc.less_equal(channel_statements["date"], pa.scalar(as_of, pa.date32())))
    rows = {_order(row): row for row in known.to_pylist()}
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for order in sorted(rows):
        row = rows[order]
        pairs.setdefault((row["hcp_id"], row["channel"]), []).append(row)
    return pairs


def latest_stances(pairs: dict[tuple[str, str], list[dict[str, Any]]]) -> dict[tuple[str, str], Stance]:
    """What was said last, by (hcp_id, channel)."""
    return {pair: _stance(rows) for pair, rows in pairs.items()}


def _stance(rows: list[dict[str, Any]]) -> Stance:
    last = rows[-1]
    return Stance(
        hcp_id=last["hcp_id"],
        channel=last["channel"],
        stance=last["stance"],
        probability=last["probability"],
        date=last["date"],
        source=last["source"],
        evidence=tuple(newest_first(of_row(row) for row in rows)),
    )


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    place = (row["source"], row["source_id"], row["start"] or 0, row["end"] or 0, row["evidence"] or "")
    return (row["hcp_id"], row["channel"], row["date"], row["probability"], row["stance"] == "avoids", *place)
