# ruff: noqa: RUF001, RUF002 - look-alikes are what this is about
"""Letters of other alphabets that look like Latin ones: they must hide neither a harm nor a name."""

from __future__ import annotations

import re

_CYRILLIC = ("аеорсухіјѕһԁԛԝӏАВЕКМНОРСТУХІЈЅԌԚԜ", "aeopcyxijshdqwlABEKMHOPCTYXIJSGQW")
_GREEK = ("οανρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavpikuABEZHIKMNOPTYX")
_OTHERS = ("ɑɡ", "ag")
_LATIN_FOR = str.maketrans(*("".join(parts) for parts in zip(_CYRILLIC, _GREEK, _OTHERS, strict=True)))
_LOOKALIKE = "".join(map(chr, _LATIN_FOR))
_ANY = re.compile(f"[{_LOOKALIKE}]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")
_DISGUISED = re.compile(f"[{_LOOKALIKE}]{{2,}}")


def without_lookalikes(text: str) -> str:
    """The text, of the same length, with Latin letters where look-alikes stand among or instead of them.

    A word is changed if it has Latin letters too ("hоspital" with a Cyrillic "о"), or, in a text that is mostly Latin,
    if it has nothing but look-alikes. Words that other alphabets need are left as they are.
    """
    if text.isascii() or not _ANY.search(text):
        return text
    text = _WORD.sub(lambda word: _folded(word[0]) if _LATIN.search(word[0]) else word[0], text)
    mostly_latin = 2 * len(_LATIN.findall(text)) > sum(map(str.isalpha, text))
    return _WORD.sub(_undisguised, text) if mostly_latin else text


def _undisguised(word: re.Match[str]) -> str:
    return _folded(word[0]) if _DISGUISED.fullmatch(word[0]) else word[0]


def _folded(word: str) -> str:
    return word.translate(_LATIN_FOR)
