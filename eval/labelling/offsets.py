"""Offsets that Label Studio writes, as offsets into our text.

Label Studio counts Unicode code points, as Python does; its versions before 1.5 counted UTF-16 code units, two of which
make an emoji. The words that it quotes beside the offsets say which it was.
"""

from __future__ import annotations


def span_in_text(text: str, start: int, end: int, quoted: str | None) -> tuple[int, int] | None:
    """[start, end) in code points of `text`; None where the offsets do not lead to the words quoted.

    Without quoted words the offsets are taken for code points.
    """
    spans = ((start, end), (_from_utf16(text, start), _from_utf16(text, end)))
    inside = [span for span in spans if 0 <= span[0] < span[1] <= len(text)]
    if quoted is None:
        return spans[0] if spans[0] in inside else None
    exact = [span for span in inside if text[slice(*span)] == quoted]
    alike = [span for span in inside if _plain(text[slice(*span)]) == _plain(quoted)]
    return next(iter(exact + alike), None)


def _from_utf16(text: str, offset: int) -> int:
    """The code point at which `offset` UTF-16 code units of the text are over; -1 behind the text or inside a pair."""
    units = 0
    for place, character in enumerate(text):
        if units >= offset:
            return place if units == offset else -1
        units += 2 if ord(character) > 0xFFFF else 1
    return len(text) if units == offset else -1


def _plain(words: str) -> str:
    """Without white space: Label Studio quotes a line end as a backslash and an n, and may trim spaces."""
    return "".join(words.replace("\\n", "").split())
