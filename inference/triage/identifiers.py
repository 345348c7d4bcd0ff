"""What identifies a patient in a note: names, dates of birth and of care, numbers, contacts, addresses, great age."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...precision import Precision
from .care_dates import care_dates
from .identifier_reader import IdentifierReader
from .known_names import bare_name
from .patient_names import has_a_role, patient_names
from .plain_text import PlainText
from .words import words_of

KINDS = (
    "patient_name",
    "date_of_birth",
    "date_of_care",
    "record_number",
    "national_id",
    "email",
    "phone",
    "address",
    "age_over_89",
)


@dataclass(frozen=True, order=True)
class Identifier:
    """The words `[start, end)` of the original text that identify a patient; `kind` is one of `KINDS`."""

    start: int
    end: int
    kind: str


_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]{0,7}\.?"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|\.)?)"
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    rf"|{_DAY} (?:of )?{_MONTH},? \d{{4}}|{_MONTH} {_DAY},? \d{{4}}"
    rf"|\d{{1,2}}[ ./-]?{_MONTH}[ ./-]?(?:\d{{4}}|\d{{2}}))(?!\d)"
)
_BIRTH = re.compile(
    r"(?i)\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born|birthday|geb\.|geboren|geburtsdatum|née? le|nacid[oa]|"
    rf"nat[oa] il)(?: (?:on|am|in|the|el))?[ :.]{{0,3}}(?P<date>{_DATE}|\d{{4}}\b)"
)
# A full date that lies long before any visit: four digits of the year up to 2012, or two from 30 on.
_OLD_YEAR = r"(?:19\d\d|200\d|201[0-2])"
_DAY_OR_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"
_OLD_DATE = re.compile(
    rf"(?<![\d./-])(?:{_DAY_OR_MONTH}([./-]){_DAY_OR_MONTH}\1{_OLD_YEAR}|{_DAY_OR_MONTH}([./]){_DAY_OR_MONTH}\2[3-9]\d"
    rf"|{_OLD_YEAR}-\d{{2}}-\d{{2}})(?![./-]?\d| ?(?:mg|ml|mcg|g)\b)"
)
_OF_RECORD = (
    r"(?:m\.?r\.?n\.?|member|policy|subscriber|claim|chart|medical record|patient|pt|case|acct|account|hosp(?:ital)?|"
    r"record|file|fall|akte|akten|dossier|versicherten|kassen|historia|nhc|auth(?:orization)?|insurance|id)"
)
_RECORD = re.compile(
    rf"(?i)\b(?P<whole>{_OF_RECORD}[ -]?(?:no\b\.?|num(?:ber|mer)\b|nr\b\.?|id\b|#)?[ :#.]{{0,3}})"
    r"(?P<number>[a-z]{0,4}-?\d[\w/-]{2,20})(?![\w%])"
)
_SAYS_NUMBER = re.compile(r"(?i)\b(?:no|number|nummer|nr|id)\b|#|mrn|m\.r\.n|nhc|versicherten|policy|member")
_NATIONAL = re.compile(
    r"\b\d{3}-\d{2}-\d{4}\b"  # US social security
    r"|\b[A-Z]\d{9}\b"  # German health insurance
    r"|\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b"  # Italian tax code
    r"|\b[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3}(?: ?\d{2})?\b"  # French social security
    r"|\b\d{8}-?[A-HJ-NP-TV-Z]\b"  # Spanish identity card
    r"|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"  # British national insurance
    r"|(?i:\bnhs(?: (?:no|number|num|nr))?[ .:#]{0,3})(?P<nhs>\d{3}[ -]?\d{3}[ -]?\d{4})\b"
    r"|(?i:\b(?:ssn|social security)(?: (?:no|number|num|nr))?[ .:#]{0,3})(?P<ssn>\d{3}[ -]?\d{2}[ -]?\d{4})\b"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d{1,3}[ .-]?(?:\(0\))?(?:[ .-]?\d{2,5}){2,5}|\(\d{3,5}\) ?\d{3,4}[ .-]?\d{3,4}"
    r"|\d{3}[ .-]\d{3}[ .-]\d{4}|0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5}|0\d(?:[ .]\d{2}){4}|0[67]\d{9})(?![\w-])"
    r"|(?i:\b(?:cell|mobile|handy|phone|tel|telefon|call(?: (?:her|him|them))?(?: at| on)|reach(?:able)? (?:at|on))"
    r"\.?[ :#]{0,3})(?P<number>\(?\d[\d ()./-]{5,16}\d)(?!\w)"
)
_NUMBERED_STREET = re.compile(
    r"\d{1,5}[a-z]?,? (?:[NSEW]\.? )?(?:(?:[A-Z][\w'-]{1,20} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Blvd|"
    r"Boulevard|Way|Court|Close|Terrace|Crescent|Place|Gardens)\b\.?"
    r"|(?:bis )?(?:rue|avenue|boulevard|bd|chemin|impasse)(?: [\wÀ-ÿ'-]{1,20}){1,4})"
)
_NAMED_STREET = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüß-]{1,30}(?:straße|strasse|str\.|weg|platz|gasse|allee|ring) \d{1,4}[a-z]?\b"
    r"|\b(?:Calle|C/|Avda\.?|Via|Viale) [A-Z][\wÀ-ÿ ]{1,30},? \d{1,4}\b"
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b")
_ROOM = re.compile(r"(?i)\b(?:room|rm|bed|zimmer|bett|habitación|chambre) ?#?\d{1,4}[a-z]?\b")
_PATIENT_NEAR = re.compile(r"(?i)\b(?:pts?|patient\w*|lady|man|woman|mrs|mr|frau|herr|mme|admitted|inpatient|ward)\b")
_NINETY = r"(?:9\d|1[01]\d)"
_GREAT_AGE = re.compile(
    rf"(?i)\b{_NINETY}[ -]?(?:y/?o\b|y\.o\.|yrs?[ -]olds?\b|years?[ -]olds?\b|jährige?[rn]?\b|jahre alt\b|ans\b|años\b|"
    rf"anni\b)|\b(?:aged?|âgée? de|age:)[ :]{{0,2}}{_NINETY}\b(?!\s?%)"
)

_MAYBE_AN_OFFICE = frozenset(("phone", "email"))
"""Kinds that tell of a patient only where something else does."""

_Spans = Iterator[tuple[int, int]]


def find_identifiers(text: str, *, known_names: frozenset[str] = frozenset()) -> list[Identifier]:
    """Patient identifiers of a raw note, sorted, none overlapping another.

    `known_names` are casefolded names that belong to no patient (`name_forms` makes them): physicians,
    representatives, brands. A known name is spared only as a whole: "Mrs Okafor" may be the physician, "pt Eve Okafor"
    is not, nor is a name with a date of birth behind it. The shorter the list the better: give the names of the note
    where they are known, for a patient called only by a physician's surname stays in clear.
    """
    (found,) = find_all_identifiers([text], known_names=known_names)
    return found


def find_all_identifiers(
    texts: Sequence[str], *, known_names: frozenset[str] = frozenset(), precision: Precision | None = None
) -> list[list[Identifier]]:
    """`find_identifiers` of many texts: as if each were alone, in less time.

    `precision` is that of the networks' arithmetic, the machine's own unless given: in full it finds the same on every
    machine.
    """
    return identifiers_of([PlainText.of(text) for text in texts], [known_names] * len(texts), precision)


def identifiers_of(
    plains: Sequence[PlainText], known_names: Sequence[frozenset[str]], precision: Precision | None = None
) -> list[list[Identifier]]:
    """The same where the plain copies are at hand already; `known_names` of each."""
    read = IdentifierReader.default(precision).spans([plain.text for plain in plains])
    return [_identifiers(*of_text) for of_text in zip(plains, known_names, read, strict=True)]


def _identifiers(plain: PlainText, known_names: frozenset[str], read: Sequence[tuple[int, int]]) -> list[Identifier]:
    by_rules = identifiers_by_rules(plain, known_names)
    found = [*by_rules, *_by_networks(plain.text, read, by_rules, known_names)]
    if any(identifier.kind not in _MAYBE_AN_OFFICE for identifier in found):
        found += [Identifier(*span, "date_of_care") for span in care_dates(plain.text)]
    whole = _joined(plain.text, _without_overlaps(found))
    return _without_overlaps(Identifier(*plain.original(i.start, i.end), i.kind) for i in whole)


def identifiers_by_rules(plain: PlainText, known_names: frozenset[str]) -> list[Identifier]:
    """What a cue or a pattern tells, in the plain copy: sorted, none overlapping another."""
    found = [Identifier(*span, "patient_name") for span in patient_names(plain, known_names)]
    finders = _FINDERS + _NUMBER_FINDERS if _LONG_NUMBER.search(plain.lowered) else _FINDERS
    for finder in finders:
        if finder.may_find(plain.lowered):
            found += [Identifier(*span, finder.kind) for span in finder.find(plain.text)]
    return _without_overlaps(found)


_PLACEHOLDER = re.compile(r"\[[A-Z]+(?:_[A-Z0-9]+)*\]")
_CUES = frozenset(("pt", "pts", "patient", "patients", "pat", "dob", "born", "geb", "née", "initials"))
"""Words that identify nobody by themselves; in front of an identifier they may be part of it."""


def _by_networks(
    text: str, read: Sequence[tuple[int, int]], by_rules: Sequence[Identifier], known_names: frozenset[str]
) -> Iterator[Identifier]:
    """What the networks read, beside the rules' identifiers and the placeholders of an earlier redaction."""
    placeholders = [match.span() for match in _PLACEHOLDER.finditer(text)] if "[" in text else []
    taken = sorted([*((identifier.start, identifier.end) for identifier in by_rules), *placeholders])
    starting = {identifier.start: identifier for identifier in by_rules}
    for start, end in read:
        for first, last in _apart_from(taken, start, end):
            words = [word for word in words_of(text[first:last]) if word.text[0].isalnum()]
            if not words:
                continue
            begin, finish = first + words[0].start, first + words[-1].end
            named = [word for word in words if word.text.lower() not in _CUES]
            if not named:
                if behind := starting.get(last):
                    yield Identifier(begin, behind.end, behind.kind)
                continue
            name = first + named[0].start, first + named[-1].end
            if not _is_known(text[slice(*name)], known_names) and not has_a_role(text, name[0], *name):
                yield Identifier(begin, finish, _kind_of(text[begin:finish]))


def _apart_from(taken: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of `[start, end)` that are not taken."""
    for first, last in taken:
        if first < end and start < last:
            yield start, first
            start = last
    yield start, end


def _is_known(words: str, known_names: frozenset[str]) -> bool:
    return words.casefold() in known_names or bare_name(words) in known_names


def _kind_of(words: str) -> str:
    return "record_number" if 2 * sum(map(str.isdigit, words)) > sum(map(str.isalnum, words)) else "patient_name"


def _births(text: str) -> _Spans:
    yield from (match.span("date") for match in _BIRTH.finditer(text))


def _old_dates(text: str) -> _Spans:
    yield from (match.span() for match in _OLD_DATE.finditer(text))


def _records(text: str) -> _Spans:
    for match in _RECORD.finditer(text):
        digits = sum(character.isdigit() for character in match["number"])
        if digits >= 3 and (_SAYS_NUMBER.search(match["whole"]) or digits >= 5):
            yield match.span()


def _nationals(text: str) -> _Spans:
    yield from (match.span(match.lastgroup or 0) for match in _NATIONAL.finditer(text))


def _phones(text: str) -> _Spans:
    yield from (match.span("number") if match["number"] else match.span() for match in _PHONE.finditer(text))


def _numbered_streets(text: str) -> _Spans:
    yield from (match.span() for match in _NUMBERED_STREET.finditer(text))


def _named_streets(text: str) -> _Spans:
    yield from (match.span() for match in _NAMED_STREET.finditer(text))


def _postcodes(text: str) -> _Spans:
    yield from (match.span() for match in _POSTCODE.finditer(text))


def _rooms(text: str) -> _Spans:
    for match in _ROOM.finditer(text):
        if _PATIENT_NEAR.search(text, max(0, match.start() - 60), match.end() + 40):
            yield match.span()


def _great_ages(text: str) -> _Spans:
    yield from (match.span() for match in _GREAT_AGE.finditer(text))


def _emails(text: str) -> _Spans:
    yield from (match.span() for match in _EMAIL.finditer(text))


@dataclass(frozen=True)
class _Finder:
    """Finds one kind; most notes stop at its gate: words to look for, or a pattern, in the lower-cased text."""

    kind: str
    find: Callable[[str], _Spans]
    words: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def may_find(self, lowered: str) -> bool:
        if self.pattern is not None:
            return self.pattern.search(lowered) is not None
        return any(word in lowered for word in self.words)


_STREETS = (
    "straße ",
    "strasse ",
    "str. ",
    "weg ",
    "platz ",
    "gasse ",
    "allee ",
    "ring ",
    "calle ",
    "c/",
    "avda",
    "via ",
)
_DIGITS = r"\d[ ()./-]{0,3}" + r"\d[ ()./-]{0,2}" * 4 + r"\d"

# Three digits close together: three notes in four have none.
_LONG_NUMBER = re.compile(r"\d[ ()./-]{0,2}\d[ ()./-]{0,2}\d")

_FINDERS = (
    _Finder("date_of_birth", _births, words=("dob", "d.o.b", "birth", "born", "geb", "né", "nac", "nat")),
    _Finder("email", _emails, words=("@",)),
    _Finder("address", _numbered_streets, pattern=re.compile(r"\d{1,5}[a-z]?,? [a-z]")),
    _Finder("address", _named_streets, words=_STREETS),
    _Finder("address", _postcodes, pattern=re.compile(r"\d[a-z]? \d[a-z]{2}")),
    _Finder("address", _rooms, words=("room", "rm ", "bed", "zimmer", "bett", "habitación", "chambre")),
    _Finder("age_over_89", _great_ages, pattern=re.compile(r"9\d|1[01]\d")),
)
_NUMBER_FINDERS = (
    _Finder("date_of_birth", _old_dates, pattern=re.compile(r"\d[./-]\d{1,2}[./-]\d")),
    _Finder("national_id", _nationals, pattern=re.compile(r"\d[ -]?\d[ -]?\d[ -]?\d|\d{2}[a-z]\d{2}[a-z]\d{3}")),
    _Finder("record_number", _records, pattern=_LONG_NUMBER),
    _Finder("phone", _phones, pattern=re.compile(_DIGITS)),
)


_JOINTS = (" ", "-", "'")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]$")
_GOES_ON = re.compile(r"\.(?= *[^\s\w]| *[^\W\d_A-ZÀ-ÖØ-Þ])")


def _joined(text: str, found: Iterable[Identifier]) -> Iterator[Identifier]:
    """Identifiers in order: the parts of one name together, and an initial with its dot if the sentence goes on."""
    last: Identifier | None = None
    for identifier in found:
        if _INITIAL.search(text, identifier.start, identifier.end) and _GOES_ON.match(text, identifier.end):
            identifier = replace(identifier, end=identifier.end + 1)
        if last and last.kind == identifier.kind and text[last.end : identifier.start] in _JOINTS:
            identifier = replace(last, end=identifier.end)
        elif last:
            yield last
        last = identifier
    if last:
        yield last


def _without_overlaps(found: Iterable[Identifier]) -> list[Identifier]:
    """Identifiers in order; those that overlap become one, of the kind that comes first in the text."""
    merged: list[Identifier] = []
    for identifier in sorted(found, key=lambda i: (i.start, -i.end, KINDS.index(i.kind))):
        if merged and identifier.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Identifier(last.start, max(last.end, identifier.end), last.kind)
        else:
            merged.append(identifier)
    return merged
