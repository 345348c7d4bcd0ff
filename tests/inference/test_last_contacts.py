from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hcplens.inference.last_contacts import Contact, last_contacts
from hcplens.inference.runs import Run

Row = Callable[..., dict[str, Any]]


def event(moment: str, action: str, channel: str = "webinar") -> dict[str, Any]:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    own = {"event_id": moment, "hcp_id": "H1", "brand": "Dermiqo"}
    return own | {"timestamp": at, "action": action, "channel": channel}


def test_the_latest_of_notes_answers_and_what_was_attended_counts(spoken: Row, published: Callable[..., Run]) -> None:
    answer = {"response_id": "S1", "hcp_id": "H2", "date": date(2026, 5, 2), "brand": "Dermiqo", "question": "why"}
    run = published(
        [spoken("2026-03-01"), spoken("2026-01-01"), spoken("2026-04-01", hcp_id="H2")],
        surveys=[answer | {"answer": "so", "kind": "free_text"}],
        events=[event("2026-07-01T08:00", "attended"), event("2026-08-01T08:00", "opened", "email")],
    )
    assert last_contacts(run) == {
        ("H1", "Dermiqo"): Contact(date(2026, 7, 1), "attended, webinar"),
        ("H2", "Dermiqo"): Contact(date(2026, 5, 2), "survey answer"),
    }
