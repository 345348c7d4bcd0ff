"""The nearest known name to one that is not known, for messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A clause to append to a message, such as ` (did you mean 'email'?)`; empty where nothing is near.

    Case, spaces and hyphens do not count; the first of equally near names wins.
    """
    by_form: dict[str, str] = {}
    for option in known:
        by_form.setdefault(plain_form(option), option)
    near = get_close_matches(plain_form(name), list(by_form), n=1, cutoff=0.6)
    return f" (did you mean {by_form[near[0]]!r}?)" if near else ""


def plain_form(name: str) -> str:
    """The name in small letters, with underscores for spaces and hyphens."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")
