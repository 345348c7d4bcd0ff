"""Business days by country: what a deadline is counted in."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache

import holidays


def business_days_after(day: date, count: int, country: str | None) -> date:
    """The `count`-th business day after `day`, which may itself be no business day; `count` is at least 1.

    `country` is an ISO 3166 code of two or three letters. Weekends and public holidays are those of the whole
    country: one that only a region keeps is a business day, so that no deadline comes too late for anybody. A country
    that is missing or not known has Saturdays and Sundays and no holidays, and so has India before 2001 and after
    2035, where the calendar ends.
    """
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # where a country's calendar ends
        return _calendar((country or "").strip().upper()).get_nth_working_day(day, count)


@lru_cache(maxsize=256)
def _calendar(country: str) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country)
    except (NotImplementedError, TypeError):  # it does not know the country, or has something else of that name
        return holidays.HolidayBase()
