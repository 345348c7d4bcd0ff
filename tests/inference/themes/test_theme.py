from __future__ import annotations

from datetime import date, timedelta

import pytest

from hcplens.inference.themes import COLUMNS, Theme
from hcplens.inference.themes.theme import Trend, trend_of

from .conftest import said

AS_OF = date(2026, 9, 30)
OLD, NEW = AS_OF - timedelta(days=200), AS_OF - timedelta(days=10)


@pytest.mark.parametrize(
    ("days", "trend"),
    [([NEW] * 6, "rising"), ([NEW, OLD] * 3, "steady"), ([OLD] * 6, "falling"), ([NEW] * 3, "steady")],
)
def test_a_theme_rises_where_more_of_it_is_recent_than_of_all_texts(days: list[date], trend: Trend) -> None:
    # half of the texts are recent: six of six have a two-sided p of 2 / 64, three of three of 2 / 8
    assert trend_of(days, [OLD, NEW] * 20, AS_OF) == (days.count(NEW), trend)


def test_where_all_texts_are_recent_nothing_rises() -> None:
    assert trend_of([NEW] * 9, [NEW] * 30, AS_OF) == (9, "steady")


def theme() -> Theme:
    clauses = (
        said("the cartons end up in landfill", "H1", "N1", date(2026, 6, 3)),
        said("too much landfill", "H1", "N2", date(2026, 7, 3)),
        said("landfill again", "H2", "N3", date(2026, 6, 9), brand=""),
    )
    return Theme("landfill", ("landfill", "cartons"), clauses, (0.1, 0.2, 0.7), 1, "steady")


def test_a_record_counts_physicians_brands_and_months() -> None:
    record = theme().to_json()
    assert (record["name"], record["clauses"], record["physicians"]) == ("landfill · cartons", 3, 2)
    assert record["brands"] == {"Dermiqo": 2}
    assert record["months"] == {"2026-06": 2, "2026-07": 1}
    assert (record["first_seen"], record["last_seen"], record["drivers"]) == ("2026-06-03", "2026-07-03", 1)
    assert [words["text"] for words in record["evidence"]] == [clause.text for clause in theme().clauses]


def test_quotes_are_of_different_physicians() -> None:
    assert [clause.source_id for clause in theme().quotes] == ["N1", "N3"]


def test_a_row_has_the_columns_and_no_lists() -> None:
    row = theme().to_csv()
    assert tuple(row) == COLUMNS
    assert (row["brands"], row["quotes"]) == ("Dermiqo 2", "the cartons end up in landfill | landfill again")
