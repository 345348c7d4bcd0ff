"""Which words of a note a summary may quote."""

from __future__ import annotations

import re

from ..triage import find_flags, find_identifiers

LONGEST_QUOTE = 160
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]+\]")
_QUOTATION_MARKS = frozenset('"“”„«»')


def has_placeholder(text: str) -> bool:
    """Whether a patient's identifier was taken out of it."""
    return _PLACEHOLDER.search(text) is not None


def quotable(words: str) -> bool:
    """Whether words of a redacted note may stand in a summary.

    They may not where an identifier was taken out or one seems to be left, where the rules see a safety flag, where
    they are long, and where quotation marks in them would hide where the quotation ends.
    """
    return (
        0 < len(words) <= LONGEST_QUOTE
        and words.isprintable()
        and not _QUOTATION_MARKS & set(words)
        and not has_placeholder(words)
        and not find_flags(words)
        and not find_identifiers(words)
    )
