"""Lines of a terminal page: a quotation, a belief, a story."""

from __future__ import annotations

from datetime import date

from rich.padding import Padding
from rich.text import Text

from .physician_page import Belief, Entry, Quotation
from .wording import spoken_day

MUTED = "dim"
HIGHLIGHT = "bold italic"


def quoted(quotation: Quotation, today: date) -> Padding:
    """The words, highlighted, and where and when they were said."""
    words = f"“{quotation.words}” " if quotation.words else ""
    where = f"{quotation.where}, {spoken_day(quotation.day, today)}"
    return Padding(Text.assemble((words, HIGHLIGHT), (where, MUTED)), (0, 0, 0, 4))


def belief_words(belief: Belief) -> Text:
    """Such as 0.93 (0.64-0.99)."""
    return Text(f"{belief.probability:.2f} ({belief.low:.2f}-{belief.high:.2f})")


def story_line(entry: Entry, today: date) -> Text:
    """Such as raised 3 Mar · resolved 12 Jun · last spoken of 4 Aug."""
    parts = [f"{moment.what} {spoken_day(moment.day, today)}" for moment in entry.story]
    if entry.last_seen is not None and (not entry.story or entry.last_seen > entry.story[-1].day):
        parts.append(f"last spoken of {spoken_day(entry.last_seen, today)}")
    return Text(" · ".join(parts))
