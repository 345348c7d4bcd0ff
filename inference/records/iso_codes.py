"""Codes of countries (ISO 3166-1, two letters) and languages (ISO 639-1), to tell a misspelt one from a known one."""

from __future__ import annotations

import re

COUNTRIES = {
    "a": "defgilmoqrstuwxz",
    "b": "abdefghijlmnoqrstvwyz",
    "c": "acdfghiklmnoruvwxyz",
    "d": "ejkmoz",
    "e": "ceghrst",
    "f": "ijkmor",
    "g": "abdefghilmnpqrstuwy",
    "h": "kmnrtu",
    "i": "delmnoqrst",
    "j": "emop",
    "k": "eghimnprwyz",
    "l": "abcikrstuvy",
    "m": "acdefghklmnopqrstuvwxyz",
    "n": "acefgilopruz",
    "o": "m",
    "p": "aefghklmnrstwy",
    "q": "a",
    "r": "eosuw",
    "s": "abcdeghijklmnorstvxyz",
    "t": "cdfghjklmnortvwz",
    "u": "agmsyz",
    "v": "aceginu",
    "w": "fs",
    "y": "et",
    "z": "amw",
}
"""The second letters that a first letter can have."""

LANGUAGES = {
    "a": "abefkmnrsvyz",
    "b": "aeghimnors",
    "c": "aehorsuvy",
    "d": "aevz",
    "e": "elnostu",
    "f": "afijory",
    "g": "adlnuv",
    "h": "aeiortuyz",
    "i": "adegikostu",
    "j": "av",
    "k": "agijklmnorsuvwy",
    "l": "abginotuv",
    "m": "ghiklnrsty",
    "n": "abdeglnorvy",
    "o": "cjmrs",
    "p": "ailst",
    "q": "u",
    "r": "mnouw",
    "s": "acdegiklmnoqrstuvw",
    "t": "aeghiklnorstwy",
    "u": "gkrz",
    "v": "eio",
    "w": "ao",
    "x": "h",
    "y": "io",
    "z": "ahu",
}
"""The second letters that a first letter can have."""

_LANGUAGE_TAG = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)


def is_country(code: str) -> bool:
    """Whether it is a code of two letters, in any case; UK and USA are none, see `matching.spelling`."""
    return _is_listed(code.strip().lower(), COUNTRIES)


def is_language(tag: str) -> bool:
    """Whether it is a language tag such as "de", "pt-BR" or "zh-Hant" whose language is known."""
    match = _LANGUAGE_TAG.fullmatch(tag.strip())
    return match is not None and _is_listed(match[1].lower(), LANGUAGES)


def _is_listed(code: str, listed: dict[str, str]) -> bool:
    return len(code) == 2 and code[1] in listed.get(code[0], "")
