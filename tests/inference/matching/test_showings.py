from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.matching import MatchTables
from hcplens.inference.matching.showings import ShowingLog, shown_weights

AS_OF = date(2026, 9, 30)

MakeTables = Callable[..., MatchTables]
Make = Callable[..., dict[str, Any]]


def log(make_tables: MakeTables, *events: dict[str, Any]) -> ShowingLog:
    return ShowingLog(make_tables(content_events=list(events)).content_events)


def showings(log: ShowingLog) -> dict[str | None, int]:
    return Counter(contact.module_id for contact in log.contacts("H1") if contact.is_showing)


def test_one_mailing_is_one_showing_and_one_contact(make_tables: MakeTables, make_event: Make) -> None:
    mailing = log(make_tables, *(make_event(action) for action in ("sent", "delivered", "opened", "clicked")))
    assert showings(mailing) == {"M1": 1}
    assert [contact.is_contact for contact in mailing.contacts("H1")] == [True]


def test_an_event_repeated_under_another_id_counts_once(make_tables: MakeTables, make_event: Make) -> None:
    twice = [make_event("sent"), make_event("sent", event_id="E2")]
    assert showings(log(make_tables, *twice)) == {"M1": 1}


def test_what_is_sent_without_content_is_a_contact_and_no_showing(make_tables: MakeTables, make_event: Make) -> None:
    events = log(make_tables, make_event("sent", content_id=None), make_event("sent", hcp_id="H2"))
    (contact,) = events.contacts("H1")
    assert (contact.is_contact, contact.is_showing) == (True, False)


def test_a_showing_counts_half_after_a_half_life(make_tables: MakeTables, make_event: Make) -> None:
    events = [make_event("sent", "2026-09-30"), make_event("sent", "2026-09-20"), make_event("sent", "2026-10-05")]
    contacts = log(make_tables, *events).contacts("H1")
    assert shown_weights(contacts, AS_OF, 10.0) == pytest.approx({"M1": 1.5})
