"""Names of patients, told by the words around them and not by a list of names.

A name counts as a patient's where something says so: "pt", "patient", a title (Mrs, Frau, Mme …) or a form made out
"for" before it; a date of birth, a record number, "his pt" or "lady" behind it. Once found, its surname is found again
in the rest of the note. A physician's title before it, a role behind it (nurse, pharmacist …) or its being a known name
says that it is not a patient's.

Limits: a bare first name or surname with nothing around it is not found, nor is a name in small letters except after a
title or before a date of birth or a record number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .lexicon import Lexicon
from .plain_text import PlainText

LONGEST_NAME = 60  # characters, with the punctuation around it
LONGEST_TITLE = 24

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀŁŚŠŽČ", "a-zà-öø-ÿāłńśšžčćęąőűğış'"
_WORD = rf"[{_UPPER}][\w'-]{{1,30}}"
_MIXED = rf"(?:[{_UPPER}][{_LOWER}][\w'-]{{0,30}}|[A-Z]'[A-Z][\w-]{{1,30}})"
_INITIAL = rf"[{_UPPER}]\.[ -]?"
_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|di|da|la|le|el|al|bin|zu) ){0,2}"
_FULL = (
    rf"(?:(?:{_INITIAL}){{1,3}}{_PARTICLE}{_WORD}|{_MIXED} (?:{_INITIAL})?{_PARTICLE}{_MIXED}"
    rf"|(?:{_INITIAL}){{2,3}}(?!\w)|(?:[{_UPPER}]{{2,20}}|{_MIXED}) [A-Z]\.(?!\w))"
)
_ANY = rf"(?:{_FULL}|{_WORD}, {_MIXED}|{_MIXED})"

_TITLES = r"""
    mrs?\.?, ms\.?, miss, mme, madame, mlle, monsieur, frau, herrn?, fr\., hr\., señora?, sra?\., sig\.ra, sig\.na
    signora?, signor, sig\., mevrouw
    """
_AHEAD = Lexicon(
    _TITLES
    + r"""
    pt, patient, patientin, patiente, pat\., paciente, paziente, case for frm, for frm, member, name, initials
    lady, gentleman, woman, man, guy, boy, girl, yo, y/o, year-old, yr-old
    was for, belongs? to, letter for, form for, fi?xd for, fixed for, approved for, script for, pa for, auth for
    """
)
_TITLE = Lexicon(_TITLES)
_BEHIND = Lexicon(
    r"""
    dob, d\.o\.b, date of birth, born, née? le, geb\., geboren, mrn, member(?= ?#), nhs no, nhs number
    hosp(?:ital)? no, chart, appeal, denial, script, rx, refill, claim, file, labs, scan, bloods, mum, mother
    daughter, husband, wife, son, lady, gentleman, family, his p(?:t|atient), her p(?:t|atient), their p(?:t|atient)
    a p(?:t|atient)
    """
)
_PERSONS = frozenset(("lady", "gentleman", "woman", "man", "guy", "boy", "girl", "yo", "y/o", "year-old", "yr-old"))
_KIN = frozenset(("mum", "mother", "daughter", "husband", "wife", "son"))
_PAPERS = frozenset(("chart", "appeal", "denial", "script", "rx", "refill", "claim", "file", "labs", "scan", "bloods"))
_AFTER_TITLE = re.compile(
    rf" (?P<name>{_FULL}|{_PARTICLE}{_WORD}(?: {_MIXED})?|(?<=[a-z] )[a-zà-ÿ][a-zà-ÿ'-]{{2,30}})(?!\w)"
)
_AFTER_PATIENT = re.compile(
    rf"(?:'s name is|,? (?:named|called|is|for|an?)|\s?[:,(])? ?"
    rf"(?P<name>{_ANY}|[A-Z]{{2,3}}(?=[ ,;)]{{1,3}}(?:\d|dob|DOB)))(?!\w)"
)
_AFTER_INITIALS = re.compile(r"(?: are| is)?[ :]{1,2}(?P<name>(?:[A-Z]\.? ?){2,3})(?!\w)")
_AFTER_PERSON = re.compile(rf"(?:,? (?:called|named)|,| \()? (?P<name>{_FULL})(?!\w)")
_AFTER_FORM = re.compile(rf"(?: an?)? (?P<name>{_FULL}|[A-Z] {_MIXED})(?!\w)")
_BEFORE_NUMBER = re.compile(
    rf"(?<![\w.])(?P<name>{_FULL}|[A-Z] {_MIXED}|{_WORD}, {_MIXED}|{_WORD}|[a-z]{{3,20}} [a-z]{{3,20}}) ?[,(;]? ?$"
)
_BEFORE_LADY = re.compile(rf"(?<![\w.])(?P<name>{_FULL}|{_MIXED})(?:'s)?(?: \(|, | )$")

_BEFORE_CHART = re.compile(rf"(?<![\w.])(?P<name>(?:{_FULL}|{_MIXED})(?='s)|{_MIXED} [A-Z]\.)(?:'s)? $")

_PHYSICIAN = r"(?:drs?|dres|dra|doctor|doktor|prof|professor|docteur|pr|oberarzt|chefarzt|oberärztin)\b"
_PHYSICIAN_BEFORE = re.compile(rf"\b{_PHYSICIAN}\.?,? ?(?:\w{{1,20}}\.? )?$", re.IGNORECASE)
_PHYSICIAN_TITLE = re.compile(rf"{_PHYSICIAN}|(?:dipl|apotheker\w*)\b", re.IGNORECASE)
_A_WORD = re.compile(r"\w[\w'-]*")
_ROLE = (
    r"(?:nurse|pharmacist|manager|receptionist|secretary|consultant|surgeon|registrar|mfa|apotheker\w*|arzthelferin|"
    r"sister|rep|msl|np|rn|ma|md|pharmd|reception|buyer|colleague|educator)\b"
)
_ROLE_BEHIND = re.compile(
    rf"[ ,(]{{1,3}}(?:(?:the|our|his|her|their|lead|senior|practice|clinic|head|chief|specialist) ){{0,3}}{_ROLE}",
    re.IGNORECASE,
)
_ROLE_BEFORE = re.compile(rf"\b{_ROLE}[ ,:]{{1,2}}$", re.IGNORECASE)
_NOT_A_NAME = frozenset(
    re.findall(
        r"\w+",
        """
        the a an and or but in on at to for of with is was were has had who that this she he they it its his
        her their our my your i we you no not new now never still said says wants asked likes started stopped
        got came one two three first second last next today yesterday pt pts patient patients dr doctor frau
        herr mrs mr ms program programme support type side id number data fit services assistance acceptance
        access january february march april may june july august september october november december monday
        tuesday wednesday thursday friday saturday sunday medicaid medicare nhs krankenkasse kasse insurance
        plan payer pharmacy clinic hospital therapy line under after before when while since off via per by
        from as if so yes ok good great very more less most all any some each every both other another such
        same info booklet leaflet portal hub copay card cards co pays pay journey pool population profile
        selection numbers flow load list lists also young old older elderly nice sweet poor which what quote
        story case
        """,
    )
)


@dataclass(frozen=True)
class _Candidate:
    """A possible patient: `[start, end)` with the title, the name itself from `name_start` on.

    `numbered` says that a date of birth or a record number follows, which no physician's name has.
    """

    start: int
    name_start: int
    end: int
    numbered: bool = False


def patient_names(plain: PlainText, known_names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Spans of patients' names in the plain copy, overlaps possible; `known_names` are casefolded."""
    found = [(c.start, c.end) for c in _candidates(plain) if _is_patient(plain.text, c, known_names)]
    yield from found
    surnames = {_surname(plain.text[start:end]) for start, end in found} - {""}
    for again in _A_WORD.finditer(plain.text) if surnames else ():
        word = again[0].removesuffix("'s")
        if word in surnames and not _is_physicians(plain.text, again.start()):
            yield again.start(), again.start() + len(word)


def _candidates(plain: PlainText) -> Iterator[_Candidate]:
    for start, end in _AHEAD.spans(plain.lowered):
        pattern = _pattern_ahead(plain.lowered[start:end])
        if match := pattern.match(plain.text, end):
            name_start, name_end = match.span("name")
            yield _Candidate(start if pattern is _AFTER_TITLE else name_start, name_start, name_end)
    for start, end in _BEHIND.spans(plain.lowered):
        begin = max(0, start - LONGEST_NAME)
        pattern = _pattern_behind(plain.lowered[start:end])
        if match := pattern.search(plain.text[begin:start]):
            name_start, name_end = begin + match.start("name"), begin + match.end("name")
            yield _Candidate(name_start, name_start, name_end, numbered=pattern is _BEFORE_NUMBER)


def _pattern_ahead(cue: str) -> re.Pattern[str]:
    if _TITLE.occurs(cue):
        return _AFTER_TITLE
    if cue == "initials":
        return _AFTER_INITIALS
    if cue in _PERSONS:
        return _AFTER_PERSON
    return _AFTER_FORM if cue.endswith((" for", " to")) and not cue.endswith("frm") else _AFTER_PATIENT


def _pattern_behind(cue: str) -> re.Pattern[str]:
    if cue in _PAPERS or cue in _KIN:
        return _BEFORE_CHART
    return _BEFORE_LADY if cue.endswith(("lady", "gentleman", "family", "pt", "patient")) else _BEFORE_NUMBER


def _is_patient(text: str, candidate: _Candidate, known_names: frozenset[str]) -> bool:
    name = text[candidate.name_start : candidate.end].casefold()
    if any(word.strip(".'") in _NOT_A_NAME for word in name.replace(",", " ").split()):
        return False
    if (name in known_names and not candidate.numbered) or _PHYSICIAN_TITLE.match(name):
        return False
    if _is_physicians(text, candidate.name_start) or _ROLE_BEHIND.match(text, candidate.end):
        return False
    return not _ROLE_BEFORE.search(text[max(0, candidate.start - LONGEST_TITLE) : candidate.start])


def _is_physicians(text: str, start: int) -> bool:
    return _PHYSICIAN_BEFORE.search(text[max(0, start - LONGEST_TITLE) : start]) is not None


def _surname(name: str) -> str:
    """The last word of a name, or of what stands before its comma; empty if too short to be told from other words."""
    words = name.split(",")[0].split()
    return words[-1] if words and len(words[-1]) >= 4 and words[-1][0].isupper() else ""
