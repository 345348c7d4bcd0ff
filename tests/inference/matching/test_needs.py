from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from hcplens.inference.matching import MatchTables, Need
from hcplens.inference.matching.need_book import NeedBook
from hcplens.inference.matching.off_label_words import OffLabelWords

AS_OF = date(2026, 9, 30)

MakeRow = Callable[..., dict[str, Any]]
NeedsOf = Callable[[list[dict[str, Any]], date], tuple[Need, ...]]


@pytest.fixture
def needs_of(make_tables: Callable[..., MatchTables]) -> NeedsOf:
    def of(rows: list[dict[str, Any]], as_of: date) -> tuple[Need, ...]:
        found = make_tables(profiles=rows)
        return NeedBook(found.profiles, OffLabelWords(found.flags)).needs("H1", "zelvanta ", as_of)

    return of


@pytest.mark.parametrize("state", ["open", "reopened", "contradicted"])
def test_what_is_open_and_likely_is_a_need(needs_of: NeedsOf, make_profile_row: MakeRow, state: str) -> None:
    (need,) = needs_of([make_profile_row("coverage", state=state, probability=0.5)], AS_OF)
    assert (need.topic, need.polarity, need.weight) == ("coverage", "barrier", 1.0)


@pytest.mark.parametrize("change", [{"state": "resolved"}, {"probability": 0.49}, {"probability": None}])
def test_what_is_resolved_or_unlikely_is_none(
    needs_of: NeedsOf, make_profile_row: MakeRow, change: dict[str, Any]
) -> None:
    assert needs_of([make_profile_row("coverage", **change)], AS_OF) == ()


def test_a_barrier_weighs_twice_a_driver_and_the_weights_add_up_to_one(
    needs_of: NeedsOf, make_profile_row: MakeRow
) -> None:
    needs = needs_of([make_profile_row("dosing", "driver"), make_profile_row("coverage", "barrier")], AS_OF)
    assert [need.topic for need in needs] == ["coverage", "dosing"]
    assert [need.weight for need in needs] == pytest.approx([2 / 3, 1 / 3])


def test_a_need_last_seen_a_year_ago_weighs_half(needs_of: NeedsOf, make_profile_row: MakeRow) -> None:
    old = make_profile_row("coverage", last_seen=AS_OF - timedelta(days=365))
    needs = needs_of([old, make_profile_row("supply")], AS_OF)
    assert [need.weight for need in needs] == pytest.approx([2 / 3, 1 / 3])


def test_equal_needs_are_ordered_by_polarity_and_topic(needs_of: NeedsOf, make_profile_row: MakeRow) -> None:
    rows = [make_profile_row("supply"), make_profile_row("coverage")]
    assert [need.topic for need in needs_of(rows, AS_OF)] == ["coverage", "supply"]
    assert needs_of(rows, AS_OF) == needs_of(rows[::-1], AS_OF)


def test_own_words_are_the_newest_three_quotes_that_have_text(needs_of: NeedsOf, make_profile_row: MakeRow) -> None:
    quote = make_profile_row("coverage")["evidence"][0]
    texts = ["newest", None, " ", "second", "third", "fourth"]
    (need,) = needs_of([make_profile_row("coverage", evidence=[{**quote, "text": text} for text in texts])], AS_OF)
    assert need.own_words == ("newest", "second", "third")
    assert len(need.evidence) == 6
