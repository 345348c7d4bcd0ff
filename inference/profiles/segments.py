"""Segments: how common each open driver and barrier is among physicians of a kind, with an interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from .belief import INTERVAL
from .states import is_open

KINDS = ("segment", "specialty", "country", "region", "tier", "stage")
"""What physicians can be grouped by: columns of the physicians' table, or the adoption stage of the brand."""
UNKNOWN = "unknown"
COLUMNS = ("brand", "group", "polarity", "topic", "open", "physicians", "share", "low", "high")


def prevalence(profiles: pa.Table, stages: pa.Table, hcps: pa.Table, *, by: str) -> list[dict[str, Any]]:
    """Of each brand, group, polarity and topic: how many physicians hold it open, of how many that are known.

    Known is a physician of whom the ledger of the brand has any entry. A topic that nobody of a group holds open is
    listed where anybody of the brand does, so that groups can be compared. Most common first within a group.

    Args:
        profiles: PROFILES.
        stages: STAGES.
        hcps: the physicians.
        by: one of KINDS.
    """
    group_of = _groups(stages, hcps, by)
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    held: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    topics: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in profiles.to_pylist():
        hcp_id, brand = row["hcp_id"], row["brand"]
        if brand is None:
            continue
        group = group_of.get((hcp_id, brand)) or UNKNOWN
        known[brand, group].add(hcp_id)
        if is_open(row):
            topics[brand].add((row["polarity"], row["topic"]))
            held[brand, group, row["polarity"], row["topic"]].add(hcp_id)
    rows = [
        {"brand": brand, "group": group, "polarity": polarity, "topic": topic}
        | _share(len(held[brand, group, polarity, topic]), len(physicians))
        for (brand, group), physicians in known.items()
        for polarity, topic in topics[brand]
    ]
    return sorted(rows, key=lambda row: (row["brand"], row["group"], row["polarity"], -row["share"], row["topic"]))


def _groups(stages: pa.Table, hcps: pa.Table, by: str) -> Mapping[tuple[str, str], str | None]:
    """The group of each physician and brand."""
    stage_rows = stages.select(["hcp_id", "brand", "stage"]).to_pylist()
    if by == "stage":
        return {(row["hcp_id"], row["brand"]): row["stage"] for row in stage_rows}
    of_physician = dict(zip(hcps["hcp_id"].to_pylist(), hcps[by].to_pylist(), strict=True))
    return {(row["hcp_id"], row["brand"]): of_physician.get(row["hcp_id"]) for row in stage_rows}


def _share(count: int, of: int) -> dict[str, Any]:
    """The share with Jeffreys' 90 % interval (Brown, Cai and DasGupta, Statistical Science 16, 2001)."""
    from scipy.special import betaincinv

    tail = (1.0 - INTERVAL) / 2.0
    low, high = (float(betaincinv(count + 0.5, of - count + 0.5, side)) for side in (tail, 1.0 - tail))
    share = count / of
    return {
        "open": count,
        "physicians": of,
        "share": share,
        "low": 0.0 if count == 0 else float(np.minimum(low, share)),
        "high": 1.0 if count == of else float(np.maximum(high, share)),
    }
