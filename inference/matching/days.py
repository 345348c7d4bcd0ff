"""Days as the matcher counts them: a day `as_of` lasts until midnight UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def end_of_day(day: date) -> datetime:
    """The first moment (UTC) that is after the day."""
    return datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1)
