from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.matching import MatchTables
from hcplens.inference.matching.consent import ConsentLedger
from hcplens.inference.profiles import OPT_IN_CHANNELS

AS_OF = date(2026, 9, 30)

Rows = list[dict[str, Any]]
MakeTables = Callable[..., MatchTables]
Make = Callable[..., dict[str, Any]]


def open_channels(make_tables: MakeTables, consents: Rows, events: Rows | None = None) -> frozenset[str]:
    tables = make_tables(consents=consents, content_events=events or [])
    return ConsentLedger(tables.consents, tables.content_events).open_channels("H1", AS_OF)


def test_without_records_only_channels_that_need_no_opt_in_are_open(make_tables: MakeTables) -> None:
    channels = open_channels(make_tables, [])
    assert not channels & set(OPT_IN_CHANNELS)
    assert {"face_to_face", "video", "website"} <= channels


@pytest.mark.parametrize("status", ["pending", "never", "opt_out"])
def test_nothing_but_an_opt_in_opens_email(make_tables: MakeTables, make_consent: Make, status: str) -> None:
    assert "email" in open_channels(make_tables, [make_consent("email", "opt_in")])
    assert "email" not in open_channels(make_tables, [make_consent("email", status)])


def test_the_latest_record_wins_whatever_the_order_of_the_rows(make_tables: MakeTables, make_consent: Make) -> None:
    rows = [make_consent("email", "opt_in", "2026-06-01"), make_consent("email", "opt_out", "2026-03-01")]
    assert "email" in open_channels(make_tables, rows)
    assert "email" in open_channels(make_tables, rows[::-1])


def test_a_record_counts_until_the_end_of_the_day_and_not_after(make_tables: MakeTables, make_consent: Make) -> None:
    last_second = make_consent("email", "opt_in", "2026-09-30T23:59:59")
    midnight = make_consent("email", "opt_in", "2026-10-01T00:00:00")
    assert "email" in open_channels(make_tables, [last_second])
    assert "email" not in open_channels(make_tables, [midnight])


@pytest.mark.parametrize("status", ["pending", "never", "opt_out"])
def test_of_two_records_at_one_time_the_opt_in_loses(make_tables: MakeTables, make_consent: Make, status: str) -> None:
    rows = [make_consent("email", status), make_consent("email", "opt_in")]
    assert "email" not in open_channels(make_tables, rows)
    assert "email" not in open_channels(make_tables, rows[::-1])


def test_an_unsubscription_closes_until_the_next_opt_in(
    make_tables: MakeTables, make_consent: Make, make_event: Make
) -> None:
    left = [make_event("unsubscribed", "2026-05-01")]
    early, late = make_consent("email", "opt_in", "2026-01-01"), make_consent("email", "opt_in", "2026-06-01")
    assert "email" not in open_channels(make_tables, [early], left)
    assert "email" in open_channels(make_tables, [early, late], left)


@pytest.mark.parametrize("status", ["pending", "never", "opt_out"])
def test_anything_but_a_yes_closes_a_channel_that_needs_no_opt_in(
    make_tables: MakeTables, make_consent: Make, status: str
) -> None:
    assert "face_to_face" in open_channels(make_tables, [make_consent("face_to_face", "opt_in")])
    assert "face_to_face" not in open_channels(make_tables, [make_consent("face_to_face", status)])


def test_another_physicians_consent_opens_nothing(make_tables: MakeTables, make_consent: Make) -> None:
    assert "email" not in open_channels(make_tables, [make_consent("email", "opt_in", hcp_id="H2")])
