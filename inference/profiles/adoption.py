"""Adoption stage, told by rule from what drives and holds back a physician; an untrained guess and marked as one.

Prescriptions are not seen, so the probabilities are low on purpose: between chance (one in six) and one half. The first
rule that applies, over entries whose belief is at least 0.5 ("held") and drivers that the physician took back:

    lapsed    a driver taken back, none held, a barrier held
    unaware   nothing held but a knowledge barrier
    advocate  three drivers held, peers among them, no barrier held
    adopter   two drivers held, no barrier held
    trial     drivers held, no fewer than barriers
    aware     anything else held

Where nothing is held and no driver was taken back nothing is claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ..records.derived import STAGES
from .evidence import newest_first
from .statements import EVEN
from .states import OPEN_STATES, RESOLVED

PROBABILITY = {"unaware": 0.35, "aware": 0.4, "trial": 0.35, "adopter": 0.4, "advocate": 0.3, "lapsed": 0.3}


def adoption_stages(profiles: pa.Table) -> pa.Table:
    """STAGES of each physician and brand of PROFILES that something can be said of."""
    groups: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in profiles.to_pylist():
        if row["brand"] is not None:
            groups[row["hcp_id"], row["brand"]].append(row)
    stages = [_stage(entries) for entries in groups.values()]
    return pa.Table.from_pylist([stage for stage in stages if stage is not None], schema=STAGES)


def is_open(entry: Mapping[str, Any]) -> bool:
    """Whether a row of PROFILES counts as open: its state is, and its probability is at least 0.5."""
    return entry["state"] in OPEN_STATES and (entry["probability"] or 0.0) >= EVEN


def _stage(entries: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    held = [entry for entry in entries if is_open(entry)]
    drivers = [entry for entry in held if entry["polarity"] == "driver"]
    barriers = [entry for entry in held if entry["polarity"] == "barrier"]
    lost = [entry for entry in entries if entry["polarity"] == "driver" and entry["state"] == RESOLVED]
    if not held and not lost:
        return None
    stage = _rule({e["topic"] for e in drivers}, {e["topic"] for e in barriers}, bool(lost))
    if stage is None:
        return None
    shown = held + lost if stage == "lapsed" else held
    return {
        "hcp_id": entries[0]["hcp_id"],
        "brand": entries[0]["brand"],
        "stage": stage,
        "probability": PROBABILITY[stage],
        "why": f"by rule, no model: {_listed(drivers, 'driver')}, {_listed(barriers, 'barrier')} held",
        "evidence": newest_first(entry["evidence"][0] for entry in shown),
    }


def _rule(drivers: set[str], barriers: set[str], lost: bool) -> str | None:
    if not drivers:
        if not barriers:
            return None
        if lost:
            return "lapsed"
        return "unaware" if barriers == {"knowledge"} else "aware"
    if not barriers and len(drivers) >= 2:
        return "advocate" if len(drivers) >= 3 and "peers" in drivers else "adopter"
    return "trial" if len(drivers) >= len(barriers) else "aware"


def _listed(entries: Sequence[dict[str, Any]], polarity: str) -> str:
    topics = sorted(entry["topic"] for entry in entries)
    return f"{len(topics)} {polarity}{'' if len(topics) == 1 else 's'}" + (f" ({', '.join(topics)})" if topics else "")
