from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.inference.profiles import ProfileTables

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


def found(tables: ProfileTables) -> list[tuple[str, tuple[str, ...]]]:
    return [(row["topic"], tuple(row["between"])) for row in tables.conflicts.to_pylist()]


def survey(said: Row, day: str, **fields: Any) -> dict[str, Any]:
    return said(day, source="survey", source_id=f"S-{day}", rep_id=None, start=None, end=None, **fields)


def test_a_survey_against_a_note_shows_the_words_of_both(said: Row, profiled: Build) -> None:
    tables = profiled([said("2026-05-20"), survey(said, "2026-05-01", status="resolved")])
    (row,) = tables.conflicts.to_pylist()
    assert (row["hcp_id"], row["brand"], row["topic"], row["between"]) == (
        "H1",
        "Dermiqo",
        "coverage",
        ["note", "survey"],
    )
    assert row["what"] == (
        "a survey answer of 2026-05-01 says that the barrier is over, a note of 2026-05-20 says that the barrier holds"
    )
    assert [evidence["id"] for evidence in row["evidence"]] == ["N-2026-05-20", "S-2026-05-01"]


@pytest.mark.parametrize(
    ("resolved_on", "conflicts"),
    [("2026-05-31", 1), ("2026-06-01", 0), ("2026-01-01", 1), ("2025-12-31", 0)],
)
def test_a_change_of_mind_is_no_conflict(said: Row, profiled: Build, resolved_on: str, conflicts: int) -> None:
    tables = profiled([said("2026-05-01"), survey(said, resolved_on, status="resolved")])
    assert tables.conflicts.num_rows == conflicts


def test_only_the_latest_word_of_each_source_is_compared(said: Row, profiled: Build) -> None:
    agreed = said("2026-05-25", status="resolved")
    assert found(profiled([said("2026-05-01"), survey(said, "2026-05-20", status="resolved"), agreed])) == []


def test_opposite_directions_conflict_where_each_source_sees_one_only(said: Row, profiled: Build) -> None:
    story = [said("2026-05-01"), survey(said, "2026-05-20", polarity="driver")]
    assert found(profiled(story)) == [("coverage", ("note", "survey"))]
    assert found(profiled([*story, said("2026-05-02", polarity="driver")])) == []


def test_a_mixed_view_in_notes_is_no_conflict(said: Row, profiled: Build) -> None:
    assert found(profiled([said("2026-05-01"), said("2026-05-02", polarity="driver", rep_id="R2")])) == []


def test_two_reps_hear_different_things(said: Row, profiled: Build) -> None:
    over = said("2026-05-10", status="resolved")
    assert found(profiled([said("2026-05-01", rep_id="R2"), over])) == [("coverage", ("note", "note"))]
    assert found(profiled([said("2026-05-01"), over])) == []


def test_somebody_else_calls_an_open_barrier_over(said: Row, profiled: Build) -> None:
    nurse = said("2026-05-10", status="resolved", holder="other")
    tables = profiled([said("2026-05-01"), nurse])
    assert "has somebody else say that the barrier is over" in tables.conflicts.to_pylist()[0]["what"]
    assert found(profiled([said("2026-02-20"), nurse])) == []


def test_a_rep_who_called_it_over_before_another_heard_that_it_holds(said: Row, profiled: Build) -> None:
    guess = said("2026-05-01", status="resolved", holder="rep")
    assert found(profiled([guess, said("2026-08-20", rep_id="R2")])) == [("coverage", ("note", "note"))]
    assert found(profiled([guess, said("2026-08-20")])) == []
    assert found(profiled([guess, said("2026-09-20", rep_id="R2")])) == []


def test_unclear_words_and_hypotheses_make_no_conflict(said: Row, profiled: Build) -> None:
    assert found(profiled([said("2026-05-20"), survey(said, "2026-05-01", status="resolved", probability=0.4)])) == []
    assert found(profiled([said("2026-05-20", status="hypothetical"), survey(said, "2026-05-01")])) == []


def mails(logged: Row, opened: int, ignored: int) -> list[dict[str, Any]]:
    days = [f"2026-09-{day + 1:02}" for day in range(opened + ignored)]
    delivered = [logged(f"{day}T08:00:00", "email", "delivered", content_id=day) for day in days]
    opens = [logged(f"{day}T09:00:00", "email", "opened", content_id=day) for day in days[:opened]]
    return delivered + opens


def test_a_preferred_channel_that_stays_unanswered(logged: Row, wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "email", "prefers")]
    tables = profiled(events=mails(logged, 0, 5), wishes=wishes)
    (row,) = tables.conflicts.to_pylist()
    assert (row["brand"], row["topic"], row["between"]) == (None, "channel_preference", ["event", "note"])
    assert row["what"] == "says that email is preferred but answers 0 of 5 times"
    assert {evidence["source"] for evidence in row["evidence"]} == {"note", "event"}
    assert found(profiled(events=mails(logged, 0, 4), wishes=wishes)) == []


def test_an_unwanted_channel_that_is_answered(logged: Row, wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "email", "avoids")]
    assert found(profiled(events=mails(logged, 3, 3), wishes=wishes)) == [("channel_preference", ("event", "note"))]
    assert found(profiled(events=mails(logged, 3, 4), wishes=wishes)) == []


def test_note_and_survey_of_opposite_stance(wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "email", "avoids"), wished("2026-08-20", "email", "prefers", source="survey")]
    tables = profiled(wishes=wishes)
    assert found(tables) == [("channel_preference", ("note", "survey"))]
    assert tables.conflicts.to_pylist()[0]["what"] == (
        "a note of 2026-08-01 says email is not wanted, a survey answer of 2026-08-20 says it is preferred"
    )


def test_a_wish_without_consent(wished: Row, consent: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "email", "prefers")]
    refused = profiled(wishes=wishes, consents=[consent("2026-07-01T08:00:00", "email", "opt_out")])
    assert found(refused) == [("channel_preference", ("consent", "note"))]
    assert [evidence["text"] for evidence in refused.conflicts.to_pylist()[0]["evidence"]] == [
        "prefers email",
        "opt_out",
    ]
    assert found(profiled(wishes=wishes, consents=[consent("2026-07-01T08:00:00", "email", "pending")])) == []


def test_a_conflict_over_a_wish_quotes_the_clear_word_of_it(wished: Row, consent: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "email", "prefers"), wished("2026-08-09", "email", "avoids", probability=0.3)]
    refused = profiled(wishes=wishes, consents=[consent("2026-07-01T08:00:00", "email", "opt_out")])
    texts = [evidence["text"] for evidence in refused.conflicts.to_pylist()[0]["evidence"]]
    assert texts == ["prefers email", "opt_out"]


def scanned(logged: Row, opens: int) -> list[dict[str, Any]]:
    days = [f"2026-09-{day + 1:02}" for day in range(opens)]
    delivered = [logged(f"{day}T08:00:00", "email", "delivered", content_id=day) for day in days]
    return delivered + [logged(f"{day}T08:00:01", "email", "opened", content_id=day) for day in days]


def test_opens_of_a_scanner_beside_the_wish_for_another_channel(logged: Row, wished: Row, profiled: Build) -> None:
    wishes = [wished("2026-08-01", "video", "prefers")]
    tables = profiled(events=scanned(logged, 3), wishes=wishes)
    (row,) = tables.conflicts.to_pylist()
    assert (row["topic"], row["between"]) == ("channel_preference", ["event", "note"])
    assert row["what"] == "a scanner opened 3 times by email, the physician 0 times and says that video is preferred"
    assert {evidence["source"] for evidence in row["evidence"]} == {"note", "event"}
    assert found(profiled(events=scanned(logged, 2), wishes=wishes)) == []
    assert found(profiled(events=scanned(logged, 3))) == []
    both = [*wishes, wished("2026-08-01", "email", "prefers")]
    assert found(profiled(events=scanned(logged, 3), wishes=both)) == []


def test_a_survey_that_names_another_channel_than_the_notes(wished: Row, profiled: Build) -> None:
    note, survey = wished("2026-08-01", "email", "prefers"), wished("2026-03-01", "phone", "prefers", source="survey")
    (row,) = profiled(wishes=[note, survey]).conflicts.to_pylist()
    assert row["what"] == ("a note of 2026-08-01 says email is preferred, a survey answer of 2026-03-01 names phone")
    assert found(profiled(wishes=[note, survey, wished("2026-07-01", "phone", "prefers")])) == []
    assert found(profiled(wishes=[note, {**survey, "date": date(2026, 1, 1)}])) == []


def test_use_without_consent(logged: Row, consent: Row, profiled: Build) -> None:
    tables = profiled(events=mails(logged, 4, 1), consents=[consent("2026-07-01T08:00:00", "email", "opt_out")])
    assert found(tables) == [("consent", ("consent", "event"))]
    assert tables.conflicts.to_pylist()[0]["what"] == "answers 4 of 5 times by email but has opted out of it"
