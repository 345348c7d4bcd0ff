from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.profiles import ProfileTables, is_open

Row = Callable[..., dict[str, Any]]
Build = Callable[..., ProfileTables]


def entry(tables: ProfileTables) -> dict[str, Any]:
    (row,) = tables.profiles.to_pylist()
    return dict(row)


def changes(tables: ProfileTables) -> list[tuple[str | None, str]]:
    return [(row["from_state"], row["to_state"]) for row in tables.transitions.to_pylist()]


def test_one_clear_own_statement_opens_an_entry(said: Row, profiled: Build) -> None:
    tables = profiled([said("2026-09-01")])
    row = entry(tables)
    assert (row["state"], is_open(row)) == ("open", True)
    assert (row["first_seen"], row["last_seen"]) == (date(2026, 9, 1), date(2026, 9, 1))
    (change,) = tables.transitions.to_pylist()
    assert (change["date"], change["from_state"], change["to_state"]) == (date(2026, 9, 1), None, "open")
    assert change["cause"] == "said by the physician in a note of 2026-09-01"
    assert change["evidence"]["text"] == "words of N-2026-09-01"


def test_the_latest_own_word_wins_and_a_barrier_that_comes_back_is_reopened(said: Row, profiled: Build) -> None:
    story = [said("2026-01-10"), said("2026-03-10", status="resolved"), said("2026-08-10")]
    assert entry(profiled(story[:2]))["state"] == "resolved"
    tables = profiled(story)
    assert is_open(entry(tables))
    assert changes(tables) == [(None, "open"), ("open", "resolved"), ("resolved", "reopened")]


def test_a_resolved_entry_is_believed_less_than_half_however_often_it_was_said_before(
    said: Row, profiled: Build
) -> None:
    story = [said(f"2026-0{month}-10", rep_id=f"R{month}") for month in range(1, 9)]
    assert entry(profiled(story))["probability"] > 0.9
    assert entry(profiled([*story, said("2026-09-10", status="resolved")]))["probability"] < 0.2


def test_a_survey_answer_is_the_physicians_own_word(said: Row, profiled: Build) -> None:
    answer = said("2026-05-01", source="survey", status="resolved", rep_id=None, start=None, end=None)
    tables = profiled([said("2026-01-10"), answer])
    assert entry(tables)["state"] == "resolved"
    assert tables.transitions.to_pylist()[-1]["cause"] == "over, says the physician in a survey answer of 2026-05-01"
    assert entry(tables)["evidence"][0]["source"] == "survey"


@pytest.mark.parametrize("fields", [{"holder": "other"}, {"holder": "rep"}, {"status": "hypothetical"}])
def test_weak_evidence_alone_never_counts_as_open(said: Row, profiled: Build, fields: dict[str, str]) -> None:
    heard = [said(f"2026-09-{day:02}", rep_id=f"R{day}", **fields) for day in range(1, 29)]
    row = entry(profiled(heard))
    assert 0.2 < row["probability"] < 0.5
    assert not is_open(row)


@pytest.mark.parametrize(("holder", "who"), [("other", "somebody else says"), ("rep", "the rep thinks")])
def test_somebody_elses_contrary_view_contradicts_but_does_not_close(
    said: Row, profiled: Build, holder: str, who: str
) -> None:
    contrary = [said(f"2026-09-{day:02}", holder=holder, status="resolved", rep_id=f"R{day}") for day in range(2, 29)]
    tables = profiled([said("2026-09-01"), *contrary])
    row = entry(tables)
    assert row["state"] == "contradicted"
    assert is_open(row)
    assert row["probability"] < entry(profiled([said("2026-09-01")]))["probability"]
    assert tables.transitions.to_pylist()[-1]["cause"] == f"{who} it is over, in a note of 2026-09-02"


def test_the_physician_confirms_what_was_contradicted(said: Row, profiled: Build) -> None:
    contrary = said("2026-04-01", holder="other", status="resolved")
    tables = profiled([said("2026-03-01"), contrary, said("2026-08-01")])
    assert changes(tables) == [(None, "open"), ("open", "contradicted"), ("contradicted", "open")]


def test_what_only_somebody_else_calls_over_has_no_entry(said: Row, profiled: Build) -> None:
    assert profiled([said("2026-09-01", holder="other", status="resolved")]).profiles.num_rows == 0


def test_own_words_for_and_against_on_one_day_leave_it_open(said: Row, profiled: Build) -> None:
    held, over = said("2026-09-01"), said("2026-09-01", status="resolved", start=9, end=12)
    assert entry(profiled([held, over]))["state"] == "open"
    elsewhere = said("2026-09-01", status="resolved", source_id="N2", rep_id="R2")
    tables = profiled([held, elsewhere])
    assert (entry(tables)["state"], is_open(entry(tables))) == ("contradicted", True)
    assert changes(tables) == [(None, "open"), ("open", "contradicted")]


def test_an_unclear_word_contradicts_a_clear_one_without_resolving_it(said: Row, profiled: Build) -> None:
    tables = profiled([said("2026-08-01"), said("2026-09-01", status="resolved", probability=0.4)])
    assert entry(tables)["state"] == "contradicted"
    assert is_open(entry(tables))


def test_an_unclear_word_does_not_reopen_what_was_resolved(said: Row, profiled: Build) -> None:
    story = [said("2026-07-01", status="resolved"), said("2026-09-01", probability=0.4)]
    assert entry(profiled(story))["state"] == "resolved"


def test_the_opposite_polarity_leaves_an_entry_as_it_is(said: Row, profiled: Build) -> None:
    tables = profiled([said("2026-01-10"), said("2026-08-10", polarity="driver")])
    assert [(row["polarity"], row["state"]) for row in tables.profiles.to_pylist()] == [
        ("barrier", "open"),
        ("driver", "open"),
    ]


def test_a_barrier_never_taken_back_stays_open_for_half_a_dozen_half_lives_and_not_for_ever(
    said: Row, profiled: Build
) -> None:
    story = [said("2025-01-01")]
    beliefs = [entry(profiled(story, as_of=date(2025, 1 + months, 1)))["probability"] for months in (0, 3, 6, 10)]
    assert beliefs == sorted(beliefs, reverse=True)
    assert beliefs[0] == pytest.approx(0.95)
    base = (1 + 10 * (1 + 10 * 0.2) / 11) / 11  # one of one physician, shrunk to all, who are shrunk to the usual
    assert beliefs[-1] == pytest.approx(base + (0.95 - base) * 0.5 ** (304 / 400))
    assert entry(profiled(story, as_of=date(2026, 8, 23)))["probability"] >= 0.5  # six half-lives of 100 days
    assert entry(profiled(story, as_of=date(2027, 3, 1)))["probability"] < 0.5


def test_repeated_by_another_rep_it_is_surer_and_the_interval_narrower(said: Row, profiled: Build) -> None:
    once = entry(profiled([said("2026-09-01", probability=0.7)]))
    twice = entry(profiled([said("2026-09-01", probability=0.7), said("2026-09-02", probability=0.7, rep_id="R2")]))
    assert twice["probability"] > once["probability"]
    assert twice["high"] - twice["low"] < once["high"] - once["low"]


def test_trend_compares_with_ninety_days_ago(said: Row, profiled: Build) -> None:
    assert entry(profiled([said("2026-09-01")]))["trend"] == "rising"
    assert entry(profiled([said("2026-05-01")]))["trend"] == "steady"
    assert entry(profiled([said("2026-05-01"), said("2026-09-01", status="resolved")]))["trend"] == "falling"


def test_evidence_is_cited_newest_first_with_its_span(said: Row, profiled: Build) -> None:
    (newest, oldest) = entry(profiled([said("2026-01-10"), said("2026-08-10", start=7, end=9)]))["evidence"]
    assert newest == {
        "source": "note",
        "id": "N-2026-08-10",
        "date": date(2026, 8, 10),
        "start": 7,
        "end": 9,
        "text": "words of N-2026-08-10",
    }
    assert oldest["id"] == "N-2026-01-10"


def test_a_topic_outside_the_taxonomy_is_named_with_its_record(said: Row, profiled: Build) -> None:
    with pytest.raises(InputError, match=r"note 'N-2026-01-10' has the topic 'weather'.*small 1\.0\.0"):
        profiled([said("2026-01-10", topic="weather")])
