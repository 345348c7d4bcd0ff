"""A row that cannot be used can still report harm."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from hcplens.inference.records import Reject, RejectLog
from hcplens.inference.triage.rejected import reject_flags

HARM = "Anaphylaxis after the second dose in one patient"
NOTE: dict[str, Any] = {"note_id": "N9", "hcp_id": "H1", "date": "2026-03-02", "brand": "Zelvara", "text": HARM}


def flags(*records: object, used: frozenset[str] = frozenset(), until: date = date.max) -> list[dict[str, Any]]:
    log = RejectLog()
    for row, record in enumerate(records, 2):
        log.append(Reject.of("notes", "n.csv", row, None, None, "broken", record))
    found: list[dict[str, Any]] = reject_flags(log.to_table(), used, until).to_pylist()
    return found


def test_a_flag_of_a_rejected_row_says_whose_it_is_as_far_as_that_stands() -> None:
    (flag,) = flags(NOTE)
    assert (flag["note_id"], flag["hcp_id"], flag["brand"], flag["date"]) == (
        "N9",
        "H1",
        "Zelvara",
        date(2026, 3, 2),
    )
    assert flag["kind"] == "adverse_event"
    assert HARM[flag["start"] : flag["end"]] == flag["evidence"]


@pytest.mark.parametrize(
    "record",
    [
        ["N9", "H1", "2026-03-02", f"Good visit.\n{HARM}", "Zelvara", "one cell too many"],
        json.dumps({**NOTE, "text": f"Good visit.\n{HARM}"})[:-1],
        {**NOTE, "text": [f"Good visit.\n{HARM}"]},
        {**NOTE, "text": {"body": {"parts": ["Good visit.", HARM]}}},
        f"Good visit.\n{HARM}",
        HARM,
    ],
    ids=["cells", "cut off", "list", "object", "line", "words"],
)
def test_harm_is_found_wherever_it_stands_in_a_record(record: object) -> None:
    assert "adverse_event" in {flag["kind"] for flag in flags(record)}


@pytest.mark.parametrize("field", ["note_id", "hcp_id", "brand", "text"])
def test_half_a_surrogate_pair_is_no_reason_to_fall_silent(field: str) -> None:
    (flag,) = flags({**NOTE, field: NOTE[field] + " \ud83d"})
    assert flag["kind"] == "adverse_event"
    assert field == "text" or flag[field].endswith("\ufffd")


def test_a_record_without_an_id_is_named_by_what_it_holds() -> None:
    (one,), (same,), (other,) = flags([HARM]), flags([HARM]), flags([HARM, "of another patient"])
    assert one["note_id"] == same["note_id"] != other["note_id"]
    assert one["note_id"].startswith("n.csv:2#")


def test_a_record_with_the_id_of_another_is_not_taken_for_it() -> None:
    (flag,) = flags(NOTE, used=frozenset({"N9"}))
    assert flag["note_id"].startswith("N9#")


def test_what_is_dated_later_is_not_known_yet_and_what_has_no_date_is() -> None:
    found = flags(NOTE, {**NOTE, "note_id": "N10", "date": "soon"}, until=date(2026, 3, 1))
    assert [flag["note_id"] for flag in found] == ["N10"]
