"""Days as the matcher counts them: a day `as_of` lasts until midnight UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

_DAYS_KEPT = 64


@lru_cache(maxsize=_DAYS_KEPT)
def end_of_day(day: date) -> datetime:
    """The first moment (UTC) that is after the day."""
    return datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1)
