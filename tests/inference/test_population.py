from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.profiles.segments import COLUMNS, UNKNOWN, prevalence
from hcplens.inference.records.derived import PROFILES, STAGES
from hcplens.inference.records.schemas import HCPS


def entry(hcp: str, topic: str, probability: float = 0.9, state: str = "open") -> dict[str, object]:
    fields = dict.fromkeys(PROFILES.names) | {"evidence": []}
    own = {"hcp_id": hcp, "brand": "Dermiqo", "topic": topic, "polarity": "barrier", "state": state}
    return fields | own | {"probability": probability}


def tables(entries: list[dict[str, object]], segments: dict[str, str | None]) -> tuple[pa.Table, pa.Table, pa.Table]:
    hcps = [dict.fromkeys(HCPS.schema.names) | {"hcp_id": hcp, "segment": name} for hcp, name in segments.items()]
    stages = [
        dict.fromkeys(STAGES.names) | {"hcp_id": hcp, "brand": "Dermiqo", "stage": "aware", "evidence": []}
        for hcp in segments
    ]
    return (
        pa.Table.from_pylist(entries, schema=PROFILES),
        pa.Table.from_pylist(stages, schema=STAGES),
        pa.Table.from_pylist(hcps, schema=HCPS.schema),
    )


def test_shares_are_of_the_physicians_known_and_open_counts_what_is_believed() -> None:
    entries = [
        entry("H1", "cost"),
        entry("H2", "cost", probability=0.4),
        entry("H3", "cost", state="resolved"),
        entry("H4", "supply"),
        entry("H5", "supply"),
    ]
    rows = prevalence(*tables(entries, {"H1": "new", "H2": "new", "H3": "new", "H4": "new", "H5": None}), by="segment")
    found = {(row["group"], row["topic"]): (row["open"], row["physicians"]) for row in rows}
    assert found == {
        ("new", "cost"): (1, 4),
        ("new", "supply"): (1, 4),
        (UNKNOWN, "cost"): (0, 1),
        (UNKNOWN, "supply"): (1, 1),
    }
    row = next(row for row in rows if (row["group"], row["topic"]) == ("new", "cost"))
    assert tuple(row) == COLUMNS
    assert row["share"] == 0.25
    assert (row["low"], row["high"]) == pytest.approx((0.0460, 0.6507), abs=1e-4)  # Beta(1.5, 3.5) at 5 % and 95 %


@given(st.dictionaries(st.text("ABC", min_size=1, max_size=3), st.booleans(), min_size=1))
def test_intervals_hold_the_share(held: dict[str, bool]) -> None:
    entries = [entry(hcp, "cost", probability=0.9 if holds else 0.1) for hcp, holds in held.items()]
    for row in prevalence(*tables(entries, dict.fromkeys(held, "new")), by="stage"):
        assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1
        assert row["group"] == "aware"
