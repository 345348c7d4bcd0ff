from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.records.derived import FLAGS
from hcplens.inference.records.schemas import DISPOSITIONS_TABLE
from hcplens.inference.triage.queue import is_open, is_overdue, with_dispositions

DUE = date(2026, 3, 16)


def flag(**changes: Any) -> dict[str, Any]:
    row = {
        "flag_id": "F1",
        "note_id": "N1",
        "kind": "adverse_event",
        "aware_at": date(2026, 3, 13),
        "due_at": DUE,
        "disposition": "open",
    }
    return dict.fromkeys(FLAGS.names) | row | changes


def decided(row: dict[str, Any], *decisions: tuple[str, int, str | None]) -> tuple[Any, ...]:
    table = [
        {"note_id": "N1", "kind": "adverse_event", "disposition": what, "decided_at": date(2026, 3, day), "reason": why}
        for what, day, why in decisions
    ]
    dispositions = pa.Table.from_pylist(table, DISPOSITIONS_TABLE.schema)
    [found] = with_dispositions(pa.Table.from_pylist([row], FLAGS), dispositions).to_pylist()
    return found["disposition"], found["decided_at"] and found["decided_at"].day, found["reason"]


def test_the_latest_decision_holds_and_a_doubt_of_the_same_day_keeps_it_open() -> None:
    assert decided(flag()) == ("open", None, None)
    assert decided(flag(), ("closed", 14, "no event"), ("open", 15, "asked again")) == ("open", 15, "asked again")
    assert decided(flag(), ("open", 14, None), ("closed", 14, "no event")) == ("open", 14, None)


def test_a_decision_that_the_flag_carries_counts_like_the_others() -> None:
    reopened = flag(disposition="open", decided_at=date(2026, 3, 20), reason="new facts")
    assert decided(reopened, ("closed", 19, "no event")) == ("open", 20, "new facts")
    assert decided(reopened, ("closed", 21, "no event")) == ("closed", 21, "no event")


def test_a_decision_before_anybody_was_aware_is_not_about_the_flag() -> None:
    assert decided(flag(), ("closed", 12, "old")) == ("open", None, None)
    assert decided(flag(aware_at=None), ("closed", 12, "old")) == ("closed", 12, "old")


@pytest.mark.parametrize(
    ("row", "as_of", "expected"),
    [
        (flag(), DUE, (True, False)),
        (flag(), date(2026, 3, 17), (True, True)),
        (flag(disposition="closed", decided_at=date(2026, 3, 18)), date(2026, 3, 17), (True, True)),
        (flag(disposition="closed", decided_at=date(2026, 3, 18)), date(2026, 3, 18), (False, False)),
        (flag(disposition="closed"), date(2026, 3, 18), (False, False)),
    ],
)
def test_a_flag_is_overdue_from_the_day_after_it_was_due_until_somebody_closed_it(
    row: dict[str, Any], as_of: date, expected: tuple[bool, bool]
) -> None:
    assert (is_open(row, as_of), is_overdue(row, as_of)) == expected
