"""Half a surrogate pair: a Python string can hold one, but no encoding can write it, and no table either."""

from __future__ import annotations

import re

_LONE = re.compile("[\ud800-\udfff]")


def has_lone_surrogates(text: str) -> bool:
    """Whether the text holds half a surrogate pair."""
    return not text.isascii() and _LONE.search(text) is not None


def replaced(text: str) -> str:
    """The text with U+FFFD for each, one code point for one, so that offsets stay."""
    return _LONE.sub("\ufffd", text) if has_lone_surrogates(text) else text


def escaped(text: str) -> str:
    r"""The text with each written as an escape, such as \ud83d, so that a reader sees which it was."""
    return text.encode("utf-8", "backslashreplace").decode() if has_lone_surrogates(text) else text
