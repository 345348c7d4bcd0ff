from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.matching import MatchTables
from hcplens.inference.matching.showings import ShowingLog

AS_OF = date(2026, 9, 30)

MakeTables = Callable[..., MatchTables]
Make = Callable[..., dict[str, Any]]


def log(make_tables: MakeTables, *events: dict[str, Any]) -> ShowingLog:
    return ShowingLog(make_tables(content_events=list(events)).content_events)


def test_one_mailing_is_one_showing(make_tables: MakeTables, make_event: Make) -> None:
    mailing = [make_event(action) for action in ("sent", "delivered", "opened", "clicked")]
    assert log(make_tables, *mailing).counts("H1", AS_OF, 30) == {"M1": 1}


def test_an_event_repeated_under_another_id_counts_once(make_tables: MakeTables, make_event: Make) -> None:
    twice = [make_event("sent"), make_event("sent", event_id="E2")]
    assert log(make_tables, *twice).counts("H1", AS_OF, 30) == {"M1": 1}


def test_the_window_ends_with_as_of_and_has_as_many_days_as_told(make_tables: MakeTables, make_event: Make) -> None:
    days = ["2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01"]
    events = [make_event("viewed", day, event_id=day) for day in days]
    assert log(make_tables, *events).counts("H1", AS_OF, 30) == {"M1": 2}


def test_events_without_content_and_of_others_do_not_count(make_tables: MakeTables, make_event: Make) -> None:
    events = [make_event("sent", content_id=None), make_event("sent", hcp_id="H2")]
    assert log(make_tables, *events).counts("H1", AS_OF, 30) == {}


def test_a_showing_counts_half_after_a_half_life(make_tables: MakeTables, make_event: Make) -> None:
    events = [make_event("sent", "2026-09-30"), make_event("sent", "2026-09-20"), make_event("sent", "2026-10-05")]
    assert log(make_tables, *events).weights("H1", AS_OF, 10.0) == pytest.approx({"M1": 1.5})
