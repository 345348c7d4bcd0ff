"""Salesforce record ids: of 15 characters, where case matters, or of 18, the last three a checksum of the case."""

from __future__ import annotations

import re
from functools import lru_cache

_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")
_CHECKSUM_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = 15
_BLOCK = 5


@lru_cache(maxsize=65536)
def whole_id(text: str) -> str:
    """The 18-character form of an id of either form.

    Each block of five characters adds one of `A-Z0-5`, whose place in that alphabet is the number with the bits of the
    block's upper-case letters, the first letter lowest.

    Raises:
        ValueError: it has neither form, or its checksum does not fit.
    """
    if not _FORM.fullmatch(text):
        raise ValueError("not a Salesforce id; it has 15 letters and digits, or 18 with its checksum")
    short = text[:_SHORT]
    whole = short + "".join(_checksum(short[start : start + _BLOCK]) for start in range(0, _SHORT, _BLOCK))
    if len(text) > _SHORT and text != whole:
        raise ValueError("a Salesforce id whose checksum does not fit; a letter or its case was changed")
    return whole


def whole_id_if_any(text: str) -> str:
    """The 18-character form of a Salesforce id; any other text as it is."""
    try:
        return whole_id(text)
    except ValueError:
        return text


def is_salesforce_id(text: str) -> bool:
    """Whether it is an id of either form."""
    try:
        whole_id(text)
    except ValueError:
        return False
    return True


def _checksum(block: str) -> str:
    return _CHECKSUM_LETTERS[sum(1 << place for place, letter in enumerate(block) if "A" <= letter <= "Z")]
