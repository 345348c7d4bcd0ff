"""Stated channel preferences: what each physician last said clearly about each channel."""

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
    """The latest clear stance (prefers, avoids) of a physician on a channel; the latest of all where none is clear.

    `evidence` has the words of that stance, then all else that was said about the channel, newest first.
    """

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

    Of one day the least sure comes first, and `avoids` last where equally sure: the last clear row decides.
    """
    known = channel_statements.filter(pc.less_equal(channel_statements["date"], pa.scalar(as_of, pa.date32())))
    rows = {_order(row): row for row in known.to_pylist()}
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for order in sorted(rows):
        row = rows[order]
        pairs.setdefault((row["hcp_id"], row["channel"]), []).append(row)
    return pairs


def latest_stances(pairs: dict[tuple[str, str], list[dict[str, Any]]]) -> dict[tuple[str, str], Stance]:
    """What was last said clearly, or last at all, by (hcp_id, channel)."""
    return {pair: _stance(rows) for pair, rows in pairs.items()}


def _stance(rows: list[dict[str, Any]]) -> Stance:
    decisive = next((row for row in reversed(rows) if row["probability"] >= EVEN), rows[-1])
    others = newest_first(of_row(row) for row in rows if row is not decisive)
    return Stance(
        hcp_id=decisive["hcp_id"],
        channel=decisive["channel"],
        stance=decisive["stance"],
        probability=decisive["probability"],
        date=decisive["date"],
        source=decisive["source"],
        evidence=(of_row(decisive), *others),
    )


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    place = (row["source"], row["source_id"], row["start"] or 0, row["end"] or 0, row["evidence"] or "")
    return (row["hcp_id"], row["channel"], row["date"], row["probability"], row["stance"] == "avoids", *place)
