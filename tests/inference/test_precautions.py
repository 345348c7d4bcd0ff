"""What rejected rows forbid until somebody has mended them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from hcplens.inference.precautions import refusals, reopenings
from hcplens.inference.profiles.consents import is_consented, latest_consents
from hcplens.inference.records import Reject, RejectLog
from hcplens.inference.records.schemas import CHANNELS, CONSENTS, FLAG_KINDS

AS_OF = date(2026, 9, 30)
OPT_IN = {"hcp_id": "H1", "channel": "email", "status": "opt_in", "captured_at": datetime(2026, 6, 1, tzinfo=UTC)}
BROKEN: dict[str, Any] = {"hcp_id": "H1", "channel": "email", "status": "opted out", "captured_at": "2026-03-01T08:00Z"}
EVENT: dict[str, Any] = {"event_id": "", "hcp_id": "H1", "timestamp": "2026-03-01", "channel": "email"}


def rejected(table: str, *records: object) -> pa.Table:
    log = RejectLog()
    for row, record in enumerate(records, 2):
        log.append(Reject.of(table, "t.csv", row, None, None, "broken", record))
    return log.to_table()


def open_channels(table: str, record: object, day: date = AS_OF, until: date = AS_OF) -> set[str]:
    """Channels through which H1 may be reached on a day, who has opted in to e-mail in June."""
    given = pa.Table.from_pylist([OPT_IN], CONSENTS.schema)
    refused = refusals(rejected(table, record), given, {"H1", "H2"}, AS_OF, until)
    latest = latest_consents(pa.concat_tables([given, refused]), day)
    return {channel for channel in CHANNELS if is_consented(channel, latest.get(("H1", channel)))}


OPEN = open_channels("consents", {"hcp_id": "H9", "channel": "email"})


def test_a_refusal_holds_from_its_own_time_on_whatever_was_given_later() -> None:
    assert "email" in OPEN
    for day in (date(2026, 3, 1), date(2026, 6, 1), date(2026, 7, 1), AS_OF):
        assert open_channels("consents", BROKEN, day) == OPEN - {"email"}


def test_a_refusal_after_the_last_day_that_can_be_read_holds_on_that_day() -> None:
    later = {**BROKEN, "captured_at": "2026-12-01"}
    assert open_channels("consents", later, until=date.max) == OPEN - {"email"}


@pytest.mark.parametrize(
    ("table", "record", "closed"),
    [
        ("consents", {**BROKEN, "captured_at": "10/08/2026"}, {"email"}),
        ("consents", {**BROKEN, "channel": "fax"}, set(CHANNELS)),
        ("consents", ["H1", "email", "opt_out", "2026-03-01T08:00:00Z", "by phone"], set(CHANNELS)),
        ("consents", '{"hcp_id": "H1", "channel": "email", "status": "opt_out"', set(CHANNELS)),
        ("consents", {**BROKEN, "captured_at": "2026-12-01"}, set()),
        ("consents", ["H10", "email"], set()),
        ("content_events", {**EVENT, "action": "unsubscribed"}, {"email"}),
        ("content_events", {**EVENT, "action": "unsubscribed", "channel": "e-mail"}, set(CHANNELS)),
        ("content_events", {**EVENT, "action": "opted out"}, {"email"}),
        ("content_events", {**EVENT, "action": "opened"}, set()),
        ("content_events", '{"hcp_id": "H1", "action": "unsubscribed"', set(CHANNELS)),
        ("content_events", '{"hcp_id": "H1", "action": "opened"', set()),
        ("notes", BROKEN, set()),
    ],
)
def test_a_row_that_may_be_a_refusal_closes_what_it_may_be_about(table: str, record: object, closed: set[str]) -> None:
    assert open_channels(table, record) == OPEN - closed


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        ({"note_id": "N7", "kind": "adverse_event", "disposition": "re-opened"}, {"adverse_event"}),
        ({"note_id": "N7", "kind": "AE", "disposition": "open"}, set(FLAG_KINDS)),
        ({"note_id": "", "kind": "adverse_event"}, set()),
        (["N7", "adverse_event"], set()),
    ],
)
def test_a_decision_that_cannot_be_read_leaves_its_flag_open(record: object, kinds: set[str]) -> None:
    found = reopenings(rejected("dispositions", record), AS_OF).to_pylist()
    assert {row["kind"] for row in found} == kinds
    assert {(row["note_id"], row["disposition"], row["decided_at"]) for row in found} <= {("N7", "open", AS_OF)}
    assert not len(reopenings(rejected("consents", record), AS_OF))
