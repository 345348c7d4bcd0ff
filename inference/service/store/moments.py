"""Moments as the store keeps them: microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Exact, as no float is between."""
    return (moment - _START) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """In UTC."""
    return _START + count * _MICROSECOND


def microseconds_now() -> int:
    """This moment."""
    return to_microseconds(datetime.now(UTC))
