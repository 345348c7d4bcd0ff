from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.records.derived import FLAGS
from hcplens.inference.records.schemas import FLAG_KINDS, HCPS, NOTES
from hcplens.inference.roster import countries
from hcplens.inference.triage.due_times import BUSINESS_DAYS, with_due_times

FOUND = date(2026, 5, 29)


def timed(**changes: Any) -> dict[str, Any]:
    row = {"flag_id": "F1", "note_id": "N1", "hcp_id": "H1", "kind": "adverse_event", "date": date(2026, 5, 1)}
    flags = pa.Table.from_pylist([row | changes], schema=FLAGS)
    timed_flags = with_due_times(flags, {"H1": "GB", "H2": "US"}, FOUND)
    assert timed_flags.schema == FLAGS
    [flag] = timed_flags.to_pylist()
    assert isinstance(flag, dict)
    return flag


def test_every_kind_has_its_days() -> None:
    assert set(BUSINESS_DAYS) == set(FLAG_KINDS)


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, date(2026, 5, 5)),
        ({"kind": "product_complaint"}, date(2026, 5, 5)),
        ({"kind": "off_label"}, date(2026, 5, 11)),
        ({"kind": "medical_inquiry", "hcp_id": "H2"}, date(2026, 5, 8)),
        ({"hcp_id": "H2"}, date(2026, 5, 4)),
        ({"hcp_id": "unknown"}, date(2026, 5, 4)),
        ({"hcp_id": None}, date(2026, 5, 4)),
    ],
)
def test_a_flag_is_due_some_business_days_after_its_note(changes: dict[str, Any], due: date) -> None:
    flag = timed(**changes)
    assert (flag["aware_at"], flag["detected_at"], flag["due_at"]) == (date(2026, 5, 1), FOUND, due)


@pytest.mark.parametrize("day", [None, date(2062, 5, 1)])
def test_without_a_day_that_can_be_it_counts_from_the_day_it_was_found(day: date | None) -> None:
    flag = timed(date=day, hcp_id="H2")
    assert (flag["aware_at"], flag["detected_at"], flag["due_at"]) == (None, FOUND, date(2026, 6, 1))


def test_the_roster_knows_the_country_better_than_the_notes_and_the_latest_note_better_than_an_older_one() -> None:
    hcps = pa.Table.from_pylist([{"hcp_id": "H1", "country": "GB"}, {"hcp_id": "H2", "country": None}], HCPS.schema)
    notes = [("H1", 9, "US"), ("H2", 9, "DE"), ("H2", 3, "FR"), ("H2", 12, None), ("H3", 1, "AT"), ("H4", 1, None)]
    rows = [
        {"note_id": f"N{place}", "hcp_id": hcp_id, "date": date(2026, month, 1), "text": "", "country": country}
        for place, (hcp_id, month, country) in enumerate(notes)
    ]
    known = countries(hcps, pa.Table.from_pylist(rows, NOTES.schema))
    assert known == {"H1": "GB", "H2": "DE", "H3": "AT"}
