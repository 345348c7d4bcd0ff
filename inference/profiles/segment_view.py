"""A physician of whom nothing is known: what is to be expected of one's like, and only that.

Like are the physicians of the same specialty, country and segment. How many of them hold a driver or barrier open is
shrunk to the brand's share as if ten more had been asked, and that to the usual share, as `base_rates` does; the
interval is that of the Beta distribution which these counts give. No entry has evidence, a date, a trend, or a state of
the ledger: nothing of it was ever said. The channels are those of `expected_channels`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .base_rates import POOLED, USUAL, Cell, cells_of
from .expected_channels import ExpectedChannels, beta_interval
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
    """What `SegmentExpectations` says of one physician."""
    return SegmentExpectations(tables, hcps=hcps, consents=consents, as_of=as_of).of(hcp_id, brands)


class SegmentExpectations:
    """What is expected of anybody of whom nothing is known, counted once for all who may be asked about.

    Fewer like physicians than `fewest_like` count as none, so that nobody's own view can be told from theirs.
    """

    def __init__(
        self, tables: ProfileTables, *, hcps: pa.Table, consents: pa.Table, as_of: date, fewest_like: int = 1
    ) -> None:
        self._cells = cells_of(hcps)
        self._kinds = hcps.select(["hcp_id", *_KIND])
        self._consents = consents
        self._as_of = as_of
        self._holders = _holders(tables.profiles, self._cells, fewest_like)
        self._nobody = _Holders(fewest_like)
        self._channels = ExpectedChannels(tables.channels, self._cells)

    def of(self, hcp_id: str, brands: Iterable[str | None]) -> list[Row]:
        """One object a brand in the shape of `inspect`, with three fields more.

        `known` is SEGMENT, `like_physicians` how many of the same kind the brand's ledger knows, `why` says both in
        words. A topic is expected where anybody of the brand holds it open; the likeliest come first.
        """
        rows = self._kinds.filter(pc.equal(self._kinds["hcp_id"], hcp_id)).to_pylist()
        own = rows[-1] if rows else dict.fromkeys(_KIND)
        cell = self._cells.get(hcp_id, (None,) * len(_KIND))
        consents = self._consents.filter(pc.equal(self._consents["hcp_id"], hcp_id))
        channels = self._channels.of(hcp_id, consents, self._as_of)
        return [self._view(hcp_id, brand, own, cell, channels) for brand in brands]

    def _view(self, hcp_id: str, brand: str | None, own: Row, cell: Cell, channels: list[Row]) -> Row:
        holders = self._holders.get(brand, self._nobody)
        return {
            "hcp_id": hcp_id,
            "brand": brand,
            "as_of": self._as_of.isoformat(),
            "barriers": holders.entries("barrier", cell),
            "drivers": holders.entries("driver", cell),
            "channels": [dict(channel) for channel in channels],
            "adoption_stage": None,
            "conflicts": [],
            "open_flags": [],
            "known": SEGMENT,
            "like_physicians": holders.like(cell),
            "why": _why(own, holders, cell, brand),
        }


@dataclass
class _Holders:
    """How many of a brand's known physicians are of each kind, and how many of them hold what open."""

    fewest_like: int
    known: Counter[Cell] = field(default_factory=Counter)
    held: defaultdict[_Matter, Counter[Cell]] = field(default_factory=lambda: defaultdict(Counter))

    def like(self, cell: Cell) -> int:
        """Known physicians of the kind, if there are enough; one of whom nothing is listed is like nobody."""
        like = self.known[cell] if any(cell) else 0
        return like if like >= self.fewest_like else 0

    def entries(self, polarity: str, cell: Cell) -> list[Row]:
        """What is to be expected of one polarity, the likeliest first."""
        found = [_entry(topic, *self._belief(who, cell)) for (of, topic), who in self.held.items() if of == polarity]
        return sorted(found, key=lambda entry: (-entry["probability"], entry["topic"]))

    def _belief(self, holders: Counter[Cell], cell: Cell) -> tuple[float, float, float]:
        of_brand = (holders.total() + POOLED * USUAL) / (self.known.total() + POOLED)
        like = self.like(cell)
        yes = (holders[cell] if like else 0) + POOLED * of_brand
        return beta_interval(yes, like + POOLED - yes)


def _holders(profiles: pa.Table, cells: Mapping[str, Cell], fewest_like: int) -> dict[str | None, _Holders]:
    """By brand; whoever is counted is counted once."""
    found: defaultdict[str | None, _Holders] = defaultdict(lambda: _Holders(fewest_like))
    seen: set[tuple[str | None, ...]] = set()
    for batch in profiles.select(["hcp_id", "brand", "topic", "polarity", "state", "probability"]).to_batches():
        for row in batch.to_pylist():
            hcp_id, brand = row["hcp_id"], row["brand"]
            cell = cells.get(hcp_id, ())
            if (hcp_id, brand) not in seen:
                seen.add((hcp_id, brand))
                found[brand].known[cell] += 1
            matter = (row["polarity"], row["topic"])
            if is_open(row) and (hcp_id, brand, *matter) not in seen:
                seen.add((hcp_id, brand, *matter))
                found[brand].held[matter][cell] += 1
    return dict(found)


def _entry(topic: str, probability: float, low: float, high: float) -> Row:
    seen = dict.fromkeys(("trend", "first_seen", "last_seen"))
    belief = {"probability": probability, "low": low, "high": high}
    return {"topic": topic, "state": EXPECTED, **belief, **seen, "evidence": []}


def _why(own: Row, holders: _Holders, cell: Cell, brand: str | None) -> str:
    about = brand or "no brand"
    kind = ", ".join(str(own[name]).replace("_", " ") for name in _KIND if own[name])
    like, all_known = holders.like(cell), f"all {holders.known.total()} who are known for {about}"
    nothing = "nothing is known of this physician"
    if not holders.known:
        return f"{nothing}, and of nobody else for {about}"
    if not kind:
        return f"{nothing}, nor specialty, country or segment: what is expected is that of {all_known}"
    if not like:
        any_like = "any like physician" if holders.fewest_like < 2 else f"{holders.fewest_like} like physicians"
        return f"{nothing}, nor of {any_like} ({kind}): what is expected is that of {all_known}"
    noun = "physician" if like == 1 else "physicians"
    return f"{nothing}: what is expected is that of {like} like {noun} ({kind}), drawn to {all_known}"
