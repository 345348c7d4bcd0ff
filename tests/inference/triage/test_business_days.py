from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.triage.business_days import business_days_after

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "country", "due"),
    [
        ("2026-03-13", 1, "GB", "2026-03-16"),  # Friday, then Monday
        ("2026-05-01", 1, "GB", "2026-05-05"),  # Friday before the early May bank holiday
        ("2026-05-02", 1, "GB", "2026-05-05"),  # the Saturday of that weekend
        ("2026-04-02", 1, "GB", "2026-04-06"),  # Maundy Thursday; Scotland works on Easter Monday
        ("2026-04-02", 1, "DE", "2026-04-07"),  # Maundy Thursday; Easter Monday is a holiday in all of Germany
        ("2026-04-02", 1, "US", "2026-04-03"),  # no Good Friday
        ("2026-04-30", 1, "DE", "2026-05-04"),  # 1 May is a Friday
        ("2026-07-02", 1, "US", "2026-07-06"),  # 4 July is a Saturday and kept on Friday
        ("2026-09-04", 1, "US", "2026-09-08"),  # Friday before Labor Day
        ("2026-11-25", 5, "US", "2026-12-03"),  # Thanksgiving is the next day
        ("2026-12-31", 5, "DE", "2027-01-08"),  # over New Year
        ("2026-05-01", 1, None, "2026-05-04"),
    ],
)
def test_a_day_worked_out_by_hand(day: str, count: int, country: str | None, due: str) -> None:
    assert business_days_after(date.fromisoformat(day), count, country) == date.fromisoformat(due)


@pytest.mark.parametrize("country", ["GB", "gb", " gb ", "GBR", "UK"])
def test_a_country_is_known_however_its_code_is_written(country: str) -> None:
    assert business_days_after(date(2026, 5, 1), 1, country) == date(2026, 5, 5)


@pytest.mark.parametrize("country", ["", "XX", "Germany", "🙂", "Public", "MAR"])
def test_an_unknown_country_has_weekends_and_no_holidays(country: str) -> None:
    assert business_days_after(date(2026, 12, 24), 1, country) == date(2026, 12, 25)
    assert business_days_after(date(2026, 12, 25), 1, country) == date(2026, 12, 28)


def test_a_country_has_a_weekend_of_its_own() -> None:
    assert business_days_after(date(2026, 3, 5), 1, "EG") == date(2026, 3, 8)  # Thursday, then Sunday


@given(DAYS, st.integers(1, 10), st.sampled_from(["GB", "DE", "US", "IN", None, "XX"]))
def test_a_due_day_is_no_weekend_and_comes_later_by_that_many_business_days(
    day: date, count: int, country: str | None
) -> None:
    due = business_days_after(day, count, country)
    assert due.weekday() < 5
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(one.weekday() < 5 for one in between) >= count
    assert business_days_after(day, count + 1, country) > due


@given(DAYS, st.sampled_from(["GB", "DE", "US"]))
def test_what_lies_between_is_weekend_or_holiday(day: date, country: str) -> None:
    due = business_days_after(day, 1, country)
    kept = holidays.country_holidays(country)
    free = [day + timedelta(days=n) for n in range(1, (due - day).days)]
    assert due not in kept
    assert all(one.weekday() >= 5 or one in kept for one in free)
