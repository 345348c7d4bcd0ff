"""How pages word names, days, states and what became of a topic."""

from __future__ import annotations

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEAK_CAUSES = ("only conditional", "the rep's own guess", "somebody else's view")
"""How the ledger begins the cause of an entry that the physician did not open."""


def plain(name: str) -> str:
    """An id as words."""
    return name.replace("_", " ")


def spoken_day(day: date, today: date) -> str:
    """Such as 3 Mar, with the year where it is not that of today."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def turn(before: str | None, after: str, polarity: str, cause: str) -> str:
    """What a transition is called: a barrier is raised, resolved, raised again …; a driver is said and said again."""
    raised = "raised" if polarity == "barrier" else "said"
    if before is None and after == "open":
        return "hinted at" if cause.startswith(_WEAK_CAUSES) else raised
    if after == "contradicted":
        return "contradicted"
    if after == "resolved":
        return "told as over" if before is None else "resolved"
    return f"{raised} again" if before == "resolved" else "confirmed"
