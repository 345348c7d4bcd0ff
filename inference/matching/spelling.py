"""One spelling for what sources write in several, and when two languages agree."""

from __future__ import annotations

_COUNTRY_ALIASES = {"uk": "gb", "usa": "us"}


def normalised(value: str) -> str:
    """One spelling for "Internal Medicine", "internal-medicine" and "internal_medicine"."""
    return "_".join(value.casefold().replace("-", " ").replace("_", " ").split())


def country_code(value: str) -> str:
    """One spelling for "US", "usa" and "Usa"."""
    code = normalised(value)
    return _COUNTRY_ALIASES.get(code, code)


def same_language(one: str | None, other: str | None) -> bool:
    """Tags agree as far as both go: "de" fits "de-AT", but "pt-BR" does not fit "pt-PT"; an unknown one fits none."""
    if not one or not other:
        return False
    return all(mine == theirs for mine, theirs in zip(_subtags(one), _subtags(other), strict=False))


def _subtags(language: str) -> list[str]:
    return normalised(language).split("_")
