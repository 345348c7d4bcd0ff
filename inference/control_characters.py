"""Control characters in data: a terminal obeys them, and a note's ESC sequence may paint over what stands beside it."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"(?!\r\n)[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""C0, DEL and C1 but for tabs and the ends of lines."""


def without_controls(text: str) -> str:
    """The text with U+FFFD for each control character; tabs and ends of lines stay."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)
