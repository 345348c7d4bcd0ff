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

from .lexicon import Lexicon
from .plain_text import PlainText

LONGEST_NAME = 60  # characters, with the punctuation around it

_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀŁŚŠŽČ", "a-zà-öø-ÿāłńśšžčćęąőűğış'"
_WORD = rf"[{_UPPER}][\w'-]{{0,30}}"
_MIXED = rf"(?:[{_UPPER}][{_LOWER}][\w'-]{{0,30}}|[A-Z]'[A-Z][\w-]{{1,30}})"
_INITIAL = rf"[{_UPPER}]\.[ -]?"
_PARTICLE = r"(?:(?:van|von|de|der|den|del|della|di|da|la|le|el|al|bin|zu) ){0,2}"
_FULL = (
    rf"(?:(?:{_INITIAL}){{1,3}}{_PARTICLE}{_WORD}|{_MIXED} (?:{_INITIAL})?{_PARTICLE}{_MIXED}"
    rf"|(?:{_INITIAL}){{2,3}}(?!\w)|[{_UPPER}]{{2,20}} [A-Z]\.(?!\w))"
)
_ANY = rf"(?:{_FULL}|{_WORD}, {_MIXED}|{_MIXED})"

_TITLES = r"""mrs?\.?, ms\.?, miss, mme, madame, mlle, monsieur, frau, herrn?, fr\., hr\., señora?, sra?\., sig\.ra, sig\.na
    signora?, signor, sig\., mevrouw"""
_AHEAD = Lexicon(
    _TITLES
    + r"""
    pt, patient, patientin, patiente, pat\., paciente, paziente, case for frm, for frm, member, name, initials
    was for, belongs? to, letter for, form for, fi?xd for, fixed for, approved for, script for, pa for, auth for
    """
)
_TITLE = Lexicon(_TITLES)
_BEHIND = Lexicon(
    r"""
    dob, d\.o\.b, date of birth, born, née? le, geb\., geboren, mrn, member(?= ?#), nhs no, nhs number, hosp(?:ital)? no
    lady, gentleman, family, his p(?:t|atient), her p(?:t|atient), their p(?:t|atient), a p(?:t|atient)
    """
)
_AFTER_TITLE = re.compile(
    rf" (?P<name>{_FULL}|{_PARTICLE}{_WORD}(?: {_MIXED})?|(?<=[a-z] )[a-zà-ÿ][a-zà-ÿ'-]{{2,30}})(?!\w)"
)
_AFTER_PATIENT = re.compile(
    rf"(?:'s name is|,? (?:named|called|is|for|an?)|\s?[:,(])? ?"
    rf"(?P<name>{_ANY}|[A-Z]{{2,3}}(?=[ ,;)]{{1,3}}(?:\d|dob|DOB)))(?!\w)"
)
_AFTER_FORM = re.compile(rf"(?: an?)? (?P<name>{_FULL}|[A-Z] {_MIXED})(?!\w)")
_BEFORE_NUMBER = re.compile(
    rf"(?<![\w.])(?P<name>{_FULL}|[A-Z] {_MIXED}|{_WORD}, {_MIXED}|{_WORD}|[a-z]{{3,20}} [a-z]{{3,20}}) ?[,(;]? ?$"
)
_BEFORE_LADY = re.compile(rf"(?<![\w.])(?P<name>{_FULL}|{_MIXED})(?:'s)?(?: \(|, | )$")

_PHYSICIAN = r"(?:drs?|dres|dra|doctor|doktor|prof|professor|docteur|pr|oberarzt|chefarzt|oberärztin)\b"
_PHYSICIAN_BEFORE = re.compile(rf"\b{_PHYSICIAN}\.?,? ?(?:\w{{1,20}}\.? )?$", re.IGNORECASE)
_PHYSICIAN_TITLE = re.compile(rf"{_PHYSICIAN}|(?:dipl|apotheker\w*)\b", re.IGNORECASE)
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
    """the a an and or but in on at to for of with is was were has had who that this she he they it its his her their our
    my your i we you no not new now never still said says wants asked likes started stopped got came one two three first
    second last next today yesterday pt pts patient patients dr doctor frau herr mrs mr ms program programme support type
    side id number data fit services assistance acceptance access january february march april may june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday medicaid medicare nhs
    krankenkasse kasse insurance plan payer pharmacy clinic hospital therapy line under after before when while since off
    via per by from as if so yes ok good great very more less most all any some each every both other another such same
    info booklet leaflet portal hub copay card cards co pays pay journey pool population profile selection numbers flow
    load list lists also young old older elderly nice sweet poor another which what quote story case""".split()
)

_Span = tuple[int, int]


def patient_names(plain: PlainText, known_names: frozenset[str]) -> Iterator[_Span]:
    """Spans of patients' names in the plain copy, overlaps possible; `known_names` are casefolded."""
    found = [span for name, span in _candidates(plain) if _is_patient(plain.text, *name, known_names)]
    yield from found
    for surname in sorted({_surname(plain.text[start:end]) for start, end in found} - {""}):
        for again in re.finditer(rf"\b{re.escape(surname)}\b", plain.text):
            if not _PHYSICIAN_BEFORE.search(plain.text[max(0, again.start() - 24) : again.start()]):
                yield again.span()


def _candidates(plain: PlainText) -> Iterator[tuple[_Span, _Span]]:
    """Name and whole span (with its title) of each possible patient."""
    for start, end in _AHEAD.spans(plain.lowered):
        cue = plain.lowered[start:end]
        titled = _TITLE.occurs(cue)
        pattern = _AFTER_TITLE if titled else _AFTER_FORM if cue.endswith((" for", " to")) else _AFTER_PATIENT
        if match := pattern.match(plain.text, end):
            yield match.span("name"), (start if titled else match.start("name"), match.end("name"))
    for start, end in _BEHIND.spans(plain.lowered):
        lady = plain.lowered[start:end].endswith(("lady", "gentleman", "family", "pt", "patient"))
        begin = max(0, start - LONGEST_NAME)
        if match := (_BEFORE_LADY if lady else _BEFORE_NUMBER).search(plain.text[begin:start]):
            name = begin + match.start("name"), begin + match.end("name")
            yield name, name


def _is_patient(text: str, start: int, end: int, known_names: frozenset[str]) -> bool:
    name = text[start:end].casefold()
    words = name.replace(",", " ").split()
    if name in known_names or words[-1] in known_names or any(word.strip(".'") in _NOT_A_NAME for word in words):
        return False
    before = text[max(0, start - 24) : start]
    if _PHYSICIAN_TITLE.match(name) or _PHYSICIAN_BEFORE.search(before):
        return False
    return not (_ROLE_BEHIND.match(text, end) or _ROLE_BEFORE.search(before))


def _surname(name: str) -> str:
    """The last word of a name, or of what stands before its comma; empty if too short to be told from other words."""
    words = name.split(",")[0].split()
    return words[-1] if words and len(words[-1]) >= 4 and words[-1][0].isupper() else ""
