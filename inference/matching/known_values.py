"""Fields of physicians and modules whose values are of a known list: countries, languages, channels, days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ..records.iso_codes import is_country, is_language
from ..records.nearest import did_you_mean
from ..records.schemas import CHANNELS
from .spelling import country_code, normalised


@dataclass(frozen=True)
class _Vocabulary:
    """What a value is called, whether one is known, and what to write."""

    noun: str
    knows: Callable[[str], bool]
    hint: str


def is_known(name: str, value: object) -> bool:
    """Whether a field, named without `physician.` or `module.`, can have the value; any where its list is open."""
    vocabulary = _VOCABULARIES.get(name)
    return vocabulary is None or vocabulary.knows(str(value))


def why_unknown(name: str, value: str) -> str | None:
    """What is wrong with a value of the field and what to write; None where it is known."""
    if is_known(name, value):
        return None
    vocabulary = _VOCABULARIES[name]
    near = did_you_mean(value, CHANNELS) if name == "channels" else ""
    return f"unknown {vocabulary.noun} {value!r}{near}: {vocabulary.hint}"


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_COUNTRY = _Vocabulary(
    "country", lambda value: is_country(country_code(value)), "use an ISO 3166 code of two letters, such as US"
)
_DAY = _Vocabulary("day", _is_day, "use an ISO day, such as 2026-09-30")
_VOCABULARIES = {
    "country": _COUNTRY,
    "countries": _COUNTRY,
    "language": _Vocabulary("language", is_language, "use a tag such as en or pt-BR"),
    "channels": _Vocabulary("channel", lambda value: normalised(value) in CHANNELS, f"use {', '.join(CHANNELS)}"),
    "approved_at": _DAY,
    "expires_at": _DAY,
}
