from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hcplens.inference.inspecting import inspect_run
from hcplens.inference.pages import PhysicianPage, physician_pages
from hcplens.inference.runs import Run

Page = Callable[[str], PhysicianPage]


def test_each_topic_has_its_story_from_the_transitions(page_of: Page) -> None:
    [coverage] = page_of("H1").barriers
    assert [(moment.what, moment.day.isoformat()) for moment in coverage.story] == [
        ("raised", "2026-03-03"),
        ("resolved", "2026-06-12"),
        ("raised again", "2026-08-20"),
    ]
    assert coverage.story[0].quotation is not None
    assert coverage.story[0].quotation.words == "words of 2026-03-03"


def test_what_is_not_believed_stands_apart(page_of: Page) -> None:
    page = page_of("H1")
    assert [entry.topic for entry in page.drivers] == ["efficacy"]
    past = {entry.topic: entry.story[0].what for entry in page.past}
    assert past == {"cost": "told as over", "supply": "hinted at"}


def test_a_flag_has_its_words_its_due_day_and_whether_that_has_passed(page_of: Page) -> None:
    [flag] = page_of("H1").flags
    assert (flag.kind, flag.record, flag.words) == ("adverse event", "N-2026-08-20", "she fainted")
    assert (flag.due, flag.is_overdue) == (date(2026, 8, 21), True)


def test_the_stage_tells_how_it_came_to_be(page_of: Page) -> None:
    stage = page_of("H1").stage
    assert stage is not None
    assert [moment.what for moment in stage.story] == [stage.name]
    assert stage.quotations[0].words == "two patients on it"


def test_the_person_is_who_the_roster_says(page_of: Page) -> None:
    page = page_of("H1")
    assert page.person.facts == ("cardiology", "US", "segment grower")
    assert page.person.heading == "H1"
    assert page.last_contact == "1 Sep (note, video)"


def test_a_physician_of_whom_nothing_is_known_has_the_segments_view(page_of: Page) -> None:
    page = page_of("NEW")
    assert page.expected_of is not None
    assert "2 like physicians (cardiology, US, grower)" in page.expected_of
    assert {entry.state for entry in (*page.barriers, *page.drivers)} == {"expected"}
    assert all(not entry.quotations and not entry.story for entry in (*page.barriers, *page.drivers))
    assert (page.flags, page.conflicts, page.past, page.stage, page.last_contact) == ((), (), (), None, None)


def test_a_topic_that_was_picked_does_not_make_the_others_unknown(told_run: Run) -> None:
    [page] = physician_pages(told_run, inspect_run(told_run, hcp_id="H2", topic="coverage"), "coverage")
    assert [entry.topic for entry in page.barriers] == ["coverage"]
    assert not any(sentence.startswith("Never spoken of") for sentence in page.unknown)


def test_no_objects_make_no_pages(told_run: Run) -> None:
    assert physician_pages(told_run, []) == []
