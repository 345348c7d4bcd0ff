"""What words of a sentence say of a fact, and whether it is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .fact import MONTHS, Dimension, Fact
from .vocabulary import Token
from .words import CLAIMS, STATES


class Claim(Protocol):
    """Something said of a subject."""

    @property
    def about(self) -> str:
        """The dimension, `day` or `quote`."""
        ...

    @property
    def words(self) -> str:
        """As they stand in the sentence."""
        ...

    def is_true_of(self, fact: Fact) -> bool | None:
        """None where the fact says nothing of it."""
        ...


@dataclass(frozen=True)
class ValueClaim:
    """That a fact has one of some values."""

    about: Dimension
    values: frozenset[str]
    words: str

    def is_true_of(self, fact: Fact) -> bool | None:
        """Whether the fact has one of the values."""
        value = fact.value_of(self.about)
        return None if value is None else value in self.values


@dataclass(frozen=True)
class DayClaim:
    """That it is so since a day or month; what is not named is None."""

    year: int | None
    month: int
    number: int | None
    words: str
    about: str = "day"

    def is_true_of(self, fact: Fact) -> bool | None:
        """Whether the fact is so since then."""
        if fact.since is None:
            return None
        named = ((self.year, fact.since.year), (self.month, fact.since.month), (self.number, fact.since.day))
        return all(said in (None, known) for said, known in named)


@dataclass(frozen=True)
class QuoteClaim:
    """That these are the words which a fact rests on."""

    words: str
    about: str = "quote"

    def is_true_of(self, fact: Fact) -> bool | None:
        """Whether it is a whole quotation of the fact: a part of one may say the contrary."""
        return " ".join(self.words.split()) in fact.quotes


def claim_of(token: Token) -> Claim | None:
    """What a token says; None where it says nothing of a fact."""
    if token.kind == "claim":
        about, values = CLAIMS[token.words]
        return ValueClaim(about, values, token.text)
    if token.kind == "day":
        return _day(token)
    if token.kind == "quote":
        return QuoteClaim(token.parts.get("curly") or token.parts.get("straight") or "")
    return None


def denied(claim: Claim, negation: Token) -> tuple[Claim, ...] | None:
    """What a claim says behind a negation; None where that cannot be told."""
    if not isinstance(claim, ValueClaim):
        return None
    words = f"{negation.text} {claim.words}"
    if claim.about == "state":
        return (ValueClaim("state", STATES - claim.values, words),)
    if claim.about == "polarity" and negation.words == "no longer":
        return (claim, ValueClaim("state", frozenset({"resolved"}), words))
    return None


def _day(token: Token) -> DayClaim:
    parts = token.parts
    if "iso" in parts:
        year, month, number = map(int, parts["iso"].split("-"))
        return DayClaim(year, month, number, token.text)
    name = parts.get("month") or parts.get("its_month") or parts["only_month"]
    day = parts.get("day_of") or parts.get("its_day")
    place = next(place for place, month in enumerate(MONTHS, start=1) if month.startswith(name))
    return DayClaim(int(parts["year"]) if "year" in parts else None, place, int(day) if day else None, token.text)
