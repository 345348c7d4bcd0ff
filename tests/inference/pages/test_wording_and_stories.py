from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hcplens.inference.pages.stories import stories
from hcplens.inference.pages.wording import spoken_day, turn
from hcplens.inference.profiles.statements import Statement, Subject
from hcplens.inference.profiles.states import walk

DAYS = [date(2026, 1, day) for day in range(1, 28)]


def statement(day: date, **fields: Any) -> Statement:
    plain: dict[str, Any] = {"source": "note", "source_id": f"N{day.day}", "rep_id": None, "status": "current"}
    plain |= {"holder": "hcp", "probability": 1.0, "start": 0, "end": 3, "evidence": "yes"}
    return Statement(subject=Subject("H1", "Dermiqo", "cost", "barrier"), date=day, **plain | fields)


@pytest.mark.parametrize(
    ("said", "turns"),
    [
        ([{}], ["raised"]),
        ([{"holder": "rep"}], ["hinted at"]),
        ([{"holder": "other"}], ["hinted at"]),
        ([{"status": "hypothetical"}], ["hinted at"]),
        ([{"status": "resolved"}], ["told as over"]),
        ([{}, {"status": "resolved"}, {}], ["raised", "resolved", "raised again"]),
        ([{}, {"status": "resolved", "holder": "rep"}, {}], ["raised", "contradicted", "confirmed"]),
    ],
)
def test_the_turns_of_the_ledger_have_names(said: list[dict[str, Any]], turns: list[str]) -> None:
    steps = walk([statement(day, **fields) for day, fields in zip(DAYS, said, strict=False)])
    assert [turn(step.before, step.after, "barrier", step.cause) for step in steps] == turns


def test_a_driver_is_said_and_said_again() -> None:
    assert turn(None, "open", "driver", "said by the physician") == "said"
    assert turn("resolved", "reopened", "driver", "raised again by the physician") == "said again"


def test_a_day_names_its_year_where_that_is_another() -> None:
    assert spoken_day(date(2026, 3, 3), date(2026, 9, 30)) == "3 Mar"
    assert spoken_day(date(2025, 12, 31), date(2026, 9, 30)) == "31 Dec 2025"


def test_a_story_is_told_from_its_beginning_and_a_stage_by_its_name() -> None:
    where = {"source": "note", "id": "N1", "date": date(2026, 1, 1), "start": 0, "end": 2, "text": "so"}
    own: dict[str, Any] = {
        "hcp_id": "H1",
        "brand": "Dermiqo",
        "topic": "adoption_stage",
        "polarity": None,
        "cause": "told",
    }
    rows: list[dict[str, Any]] = [
        own | {"date": date(2026, 5, 1), "from_state": "aware", "to_state": "trial", "evidence": where},
        own | {"date": date(2026, 1, 1), "from_state": None, "to_state": "aware", "evidence": None},
    ]
    moments = stories(rows)["H1", "Dermiqo", "adoption_stage", None]
    assert [moment.what for moment in moments] == ["aware", "trial"]
    assert moments[0].quotation is None
