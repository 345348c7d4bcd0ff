"""A physician of whom nothing is known: what is to be expected of one's like, and only that.

Like are the physicians of the same specialty, country and segment. How many of them hold a driver or barrier open is
shrunk to the brand's share as if ten more had been asked, and that to the usual share, as `base_rates` does; the
interval is that of the Beta distribution which these counts give. No entry has evidence, a date, a trend, or a state of
the ledger: nothing of it was ever said. The channels are those of `expected_channels`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from .base_rates import POOLED, USUAL, Cell, cells_of
from .expected_channels import beta_interval, expected_channels
from .profile import ProfileTables
from .states import is_open

SEGMENT = "segment"
"""The `known` of an object that is not known of the physician but of one's like."""
EXPECTED = "expected"
"""The `state` of its entries, which counts as open nowhere."""
_KIND = ("specialty", "country", "segment")

Row = dict[str, Any]
_Matter = tuple[str, str]  # polarity, topic


def segment_view(
    tables: ProfileTables,
    *,
    hcps: pa.Table,
    consents: pa.Table,
    hcp_id: str,
    brands: Iterable[str | None],
    as_of: date,
) -> list[Row]:
    """One object a brand in the shape of `inspect`, with three fields more.

    `known` is SEGMENT, `like_physicians` how many of the same kind the brand's ledger knows, `why` says both in words.
    A topic is expected where anybody of the brand holds it open; the likeliest come first.
    """
    kinds = {row["hcp_id"]: row for row in hcps.select(["hcp_id", *_KIND]).to_pylist()}
    own = kinds.get(hcp_id, dict.fromkeys(_KIND))
    cells = cells_of(hcps)
    cell = cells.get(hcp_id, (None,) * len(_KIND))
    channels = expected_channels(tables.channels, cells=cells, consents=consents, hcp_id=hcp_id, as_of=as_of)
    views = []
    for brand in brands:
        holders = _Holders.of(tables.profiles, brand, cells, cell)
        views.append(
            {
                "hcp_id": hcp_id,
                "brand": brand,
                "as_of": as_of.isoformat(),
                "barriers": holders.entries("barrier"),
                "drivers": holders.entries("driver"),
                "channels": [dict(channel) for channel in channels],
                "adoption_stage": None,
                "conflicts": [],
                "open_flags": [],
                "known": SEGMENT,
                "like_physicians": len(holders.like),
                "why": _why(own, holders, brand),
            }
        )
    return views


@dataclass(frozen=True)
class _Holders:
    """Who of a brand's known physicians is of one kind, and who holds what open."""

    known: frozenset[str]
    like: frozenset[str]
    held: Mapping[_Matter, frozenset[str]]

    @classmethod
    def of(cls, profiles: pa.Table, brand: str | None, cells: Mapping[str, Cell], cell: Cell) -> _Holders:
        known: set[str] = set()
        held: dict[_Matter, set[str]] = defaultdict(set)
        columns = ("hcp_id", "brand", "topic", "polarity", "state", "probability")
        for row in profiles.select(columns).to_pylist():
            if row["brand"] != brand:
                continue
            known.add(row["hcp_id"])
            if is_open(row):
                held[row["polarity"], row["topic"]].add(row["hcp_id"])
        like = {hcp_id for hcp_id in known if any(cell) and cells.get(hcp_id) == cell}
        return cls(frozenset(known), frozenset(like), {matter: frozenset(of) for matter, of in held.items()})

    def entries(self, polarity: str) -> list[Row]:
        """What is to be expected of one polarity, the likeliest first."""
        found = [_entry(topic, *self._belief(who)) for (of, topic), who in self.held.items() if of == polarity]
        return sorted(found, key=lambda entry: (-entry["probability"], entry["topic"]))

    def _belief(self, holders: frozenset[str]) -> tuple[float, float, float]:
        of_brand = (len(holders) + POOLED * USUAL) / (len(self.known) + POOLED)
        yes = len(holders & self.like) + POOLED * of_brand
        return beta_interval(yes, len(self.like) + POOLED - yes)


def _entry(topic: str, probability: float, low: float, high: float) -> Row:
    seen = dict.fromkeys(("trend", "first_seen", "last_seen"))
    belief = {"probability": probability, "low": low, "high": high}
    return {"topic": topic, "state": EXPECTED, **belief, **seen, "evidence": []}


def _why(own: Row, holders: _Holders, brand: str | None) -> str:
    about = brand or "no brand"
    kind = ", ".join(str(own[name]).replace("_", " ") for name in _KIND if own[name])
    all_known = f"all {len(holders.known)} who are known for {about}"
    nothing = "nothing is known of this physician"
    if not holders.known:
        return f"{nothing}, and of nobody else for {about}"
    if not kind:
        return f"{nothing}, nor specialty, country or segment: what is expected is that of {all_known}"
    if not holders.like:
        return f"{nothing}, nor of any like physician ({kind}): what is expected is that of {all_known}"
    noun = "physician" if len(holders.like) == 1 else "physicians"
    return f"{nothing}: what is expected is that of {len(holders.like)} like {noun} ({kind}), drawn to {all_known}"
