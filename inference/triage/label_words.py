"""The words of a label as what can be compared with a note: ages, terms, bounds, amounts, intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

GROWN_UP = 18
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<amount>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<unit>mg(?:/kg)?|mcg|µg|ml|iu|units?)\b"
)


@dataclass(frozen=True)
class Measure:
    """A bound of the label on something measured (LVEF 40 % or less): values beyond it are outside.

    `name` is lower-cased; `above` says that values above `bound` are outside, otherwise those below.
    """

    name: str
    bound: float
    above: bool

    def excludes(self, value: float) -> bool:
        """Whether a value is outside the label."""
        return value > self.bound if self.above else value < self.bound

    def is_exceeded(self, sentence: str) -> bool:
        """Whether a lower-cased sentence names a value that is outside the label."""
        return any(self.excludes(float(match["value"])) for match in self._named_value.finditer(sentence))

    @cached_property
    def _named_value(self) -> re.Pattern[str]:
        """The name, also without its first letter ("EF" for "LVEF"), and a number close behind."""
        names = "|".join(re.escape(name) for name in (self.name, self.name[1:]) if len(name) > 1)
        return re.compile(rf"\w{{0,3}}(?:{names})\b[^\d.;]{{0,15}}(?P<value>\d+(?:\.\d+)?)(?![\w-])")


_AGES = re.compile(
    r"\b(?:aged?|adults?|adolescents?|children|patients|people)(?: aged)?(?: from| at least| over)? ?(?:≥|>=)? ?"
    r"(?P<of>\d{1,2})(?!\s?(?:%|m[gl]\b|months?|weeks?|kg|\d))"
    r"|(?:from|least|over|≥|>=)\s?(?P<from>\d{1,2})\s?(?:years?|yrs?)\b"
    r"|\b(?P<up>\d{1,2})\s?(?:years?|yrs?)(?: of age)?\s?(?:and|or) (?:over|older|above|up)"
)
_MONTHS = re.compile(
    r"\d{1,2} (?:months?|weeks?)(?: of age)?(?: and| or| to|,)|\binfants?\b|\bnewborns?\b|\bneonates?\b"
)


def youngest_age(text: str) -> int | None:
    """The lowest age that a population or an indication allows."""
    allowed = _before_denial(text)
    if _MONTHS.search(allowed):
        return 0
    ages = [int(match["of"] or match["from"] or match["up"]) for match in _AGES.finditer(allowed)]
    if ages:
        return min(ages)
    if re.search(r"\bchild(?:ren)?\b|\bpa?ediatric\b", allowed):
        return None
    return GROWN_UP if re.search(r"\badults?\b", allowed) else None


_NOT_FOR = r"not (?:studied|indicated|recommended|approved|licen[cs]ed|intended|to be used|for use)(?: and not \w+)?"
_DENIAL = re.compile(rf"[;,(]?\s*\b(?:{_NOT_FOR}|excluding|except)\b")
_DENIED = re.compile(
    rf"\b(?:(?:{_NOT_FOR}|excluding|except)(?: (?:in|for|with|as))?|not(?= (?:first|second|third)[- ]line))\b([^;.]*)"
)


def _before_denial(text: str) -> str:
    return _DENIAL.split(text)[0]


def denied(text: str) -> Iterator[str]:
    """What a text says the product is not for."""
    yield from (match[1] for match in _DENIED.finditer(text))


_BRACKETS = re.compile(r"\((?:e\.?g\.?,? |such as |including )?([^)]*)\)")
_BETWEEN = re.compile(r"[;,:/]|\b(?:or|and|without|with|if)\b")
_OTHERS = re.compile(r"\s*(?:any )?other\b")
_NO_TERM = re.compile(
    r"\b(?:known|severe|strong|active|clinically|important|significant|congenital|acute|chronic|any|the|an?|in|of|to|"
    r"for|as|patients?|people|history|current|concomitant|use|treatment|previous)\b"
)
_VAGUE = frozenset(
    {"hypersensitivity", "ingredient", "hypersensitivity ingredient", "excipients", "mutations", "infection"}
)
_LONGEST_TERM = 4
"""Words: longer phrases are never repeated word for word in a note."""


def phrases(text: str) -> Iterator[str]:
    """The things that a list names, brackets' contents apart."""
    for part in (*_BRACKETS.findall(text), _BRACKETS.sub(";", text)):
        for phrase in _BETWEEN.split(part):
            if _OTHERS.match(phrase) or _BOUND.search(phrase):
                continue
            words = re.findall(r"[a-zà-ÿ0-9][\wà-ÿ+-]*", _NO_TERM.sub(" ", phrase))
            if words and len(words) <= _LONGEST_TERM and " ".join(words) not in _VAGUE:
                yield " ".join(words)


_LINES = {
    "first": (r"first[- ]?line", r"1st[- ]?line", "1l", r"front[- ]?line", r"up ?front", r"treatment[- ]na[iï]ve"),
    "second": (r"second[- ]?line", r"2nd[- ]?line", "2l"),
    "third": (r"third[- ]?line", r"3rd[- ]?line", "3l"),
}
_STEMS = {"pregnancy": (r"pregnan\w*",), "breast-feeding": (r"breast-?fe\w+", "nursing"), "lactation": (r"lactat\w+",)}
_SHORTEST_TERM = 4
"""Characters: a shorter word alone means too many things."""


def terms(phrase: str) -> Iterator[str]:
    """A phrase as expressions of a Lexicon: singular and plural, with and without hyphens."""
    line = re.fullmatch(r"(first|second|third)[- ]line", phrase)
    if line:
        yield from _LINES[line[1]]
    elif phrase in _STEMS:
        yield from _STEMS[phrase]
    elif len(phrase) >= _SHORTEST_TERM:
        yield "[ -]".join(_with_ending(word) for word in re.split(r"[ -]", phrase))


def _with_ending(word: str) -> str:
    stem = re.sub(r"(?:s|is|ic|a|um)$", "", word) if len(word) > 6 else word
    return re.escape(stem) + (r"\w{0,3}" if len(word) > 4 else "")


_BOUND = re.compile(
    r"\b(?P<name>[a-z][\w-]{1,20})\s?(?:of )?"
    r"(?P<way>above|over|greater than|more than|below|under|less than|>=?|<=?|≥|≤)\s?(?P<bound>\d+(?:\.\d+)?)"
    r"|\b(?P<at>[a-z][\w-]{1,20}) (?P<value>\d+(?:\.\d+)?) ?%? or (?P<end>less|lower|below|more|higher|above)"
)
_UPWARD = frozenset({"above", "over", "greater than", "more than", ">", ">=", "≥"})
_NOT_MEASURED = frozenset({"aged", "age", "adults", "and", "or", "patients", "children", "if", "years"})


def approved_measures(text: str) -> Iterator[Measure]:
    """Bounds that an indication or a population asks for ("LVEF 40% or less")."""
    yield from _bounds(_before_denial(text), excluded=False)


def excluded_measures(text: str) -> Iterator[Measure]:
    """Bounds beyond which a denial or a contraindication excludes ("eGFR below 20")."""
    yield from _bounds(text, excluded=True)


def _bounds(text: str, *, excluded: bool) -> Iterator[Measure]:
    for match in _BOUND.finditer(text):
        name = match["name"] or match["at"]
        if name in _NOT_MEASURED:
            continue
        upward = match["way"] in _UPWARD if match["way"] else match["end"] in {"more", "higher", "above"}
        yield Measure(name, float(match["bound"] or match["value"]), upward == excluded)


def amounts(text: str) -> Iterator[tuple[float, str]]:
    """Every amount of a lower-cased text with its unit; commas part thousands."""
    yield from ((float(match["amount"].replace(",", "")), match["unit"]) for match in _AMOUNT.finditer(text))


def largest_amounts(dose: str) -> dict[str, float]:
    """By unit, the largest amount that a label's dose names."""
    largest: dict[str, float] = {}
    for amount, unit in amounts(dose):
        largest[unit] = max(amount, largest.get(unit, 0.0))
    return largest


_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12}
_DAYS = {"d": 1, "w": 7, "m": 30, "h": 1 / 24}
_INTERVAL = re.compile(
    rf"\b(?:every|q)\s?(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s?(?P<unit>d(?:ays?)?|w(?:ee)?ks?|w|months?|m|h(?:ours?)?)\b"
    r"|\b(?P<daily>(?:once|twice|three times) (?:daily|a day)|o\.?d\.?|qd|b\.?i\.?d\.?|t\.?i\.?d\.?)(?!\w)"
)
_A_DAY = {"o": 1.0, "q": 1.0, "b": 0.5, "tw": 0.5, "t": 1 / 3}


def intervals(text: str) -> Iterator[float]:
    """Days between two doses, wherever a lower-cased text says how often."""
    for match in _INTERVAL.finditer(text):
        if match["count"]:
            count = _NUMBERS.get(match["count"]) or float(match["count"])
            days = count * _DAYS[match["unit"][0]]
        else:
            days = _A_DAY["tw" if match["daily"].startswith("tw") else match["daily"][0]]
        yield days
