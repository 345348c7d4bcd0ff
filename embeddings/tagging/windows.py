"""Long texts in windows: a transformer reads only so many tokens, and time grows with the square of them."""

from __future__ import annotations

from typing import NamedTuple

from ..clauses import split_clauses

LONGEST = 1000
"""Code points of a window: about 250 tokens of English, half of what the model can take."""


class Window(NamedTuple):
    """Half-open span [start, end) of a text."""

    start: int
    end: int


def windows(text: str) -> list[Window]:
    """The text whole, or cut between clauses so that no window is longer than LONGEST; none of a text without words.

    Windows come in order and do not overlap; no clause is cut (a clause is shorter than a window).
    """
    found: list[Window] = []
    for start, end in split_clauses(text) if len(text) > LONGEST else [(0, len(text))]:
        if found and end - found[-1].start <= LONGEST:
            found[-1] = Window(found[-1].start, end)
        else:
            found.append(Window(start, end))
    return [window for window in found if any(map(str.isalnum, text[window.start : window.end]))]
