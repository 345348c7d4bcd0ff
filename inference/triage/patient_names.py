"""Names of patients, told by the words around them and not by a list of names.

A name counts as a patient's where something says so: "pt", "patient", a title (Mrs, Frau, Mme …) or a form made out
"for" before it; a date of birth, a record number, "his pt" or "lady" behind it. Once found, each of its words is
found again in the rest of the note. A physician's title before it, a role behind it (nurse, pharmacist …) or its being
a known name says that it is not a patient's.

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
_CAPITALS = rf"[{_UPPER}][{_UPPER}'-]{{2,20}}(?!\w)(?: [{_UPPER}][{_UPPER}'-]{{1,20}}(?!\w))?"
_ANY = rf"(?:{_FULL}|{_WORD}, {_MIXED}|{_MIXED})"

_TITLES = r"""
    mrs?\.?, ms\.?, miss, mme, madame, mlle, monsieur, frau, herrn?, fr\., hr\., señora?, sra?\., sig\.ra, sig\.na
    signora?, signor, sig\., mevrouw
    """
_AHEAD = Lexicon(
    _TITLES
    + r"""
    pts?\.?, patients?\.?, patientin, patiente, pat\., paciente, paziente, case for frm, for frm, member, name, initials
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
_PATIENTS = frozenset(("pts", "patients"))
_KIN = frozenset(("mum", "mother", "daughter", "husband", "wife", "son"))
_PAPERS = frozenset(("chart", "appeal", "denial", "script", "rx", "refill", "claim", "file", "labs", "scan", "bloods"))
_AFTER_TITLE = re.compile(
    rf" (?P<name>{_FULL}|{_CAPITALS}|{_PARTICLE}{_WORD}(?: {_MIXED})?|(?<=[a-z] )[a-zà-ÿ][a-zà-ÿ'-]{{2,30}})(?!\w)"
)
_AFTER_PATIENT = re.compile(
    rf"(?:'s name is|,? (?:named|called|is|for|an?)|\s?[:,(])? ?"
    rf"(?P<name>{_ANY}|[A-Z]{{2,3}}(?=[ ,;)]{{1,3}}(?:\d|dob|DOB))|{_CAPITALS})(?!\w)"
)
_AFTER_PATIENTS = re.compile(rf"[:,(]? \(?(?P<name>{_FULL}|{_CAPITALS})(?!\w)")
_ANOTHER = re.compile(rf"(?:,|,? and| &) (?P<name>{_FULL})(?!\w)")
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
# Words that begin or follow a name's place in notes written in capitals, or open a sentence after "pt."
_ORDINARY = _NOT_A_NAME | frozenset(
    re.findall(
        r"\w+",
        """
        took take takes taking have having are be been being does did do done will would can could should must may
        might went go goes going gets getting feels felt feeling doing fell died dies lost broke came comes ran saw
        seen sees see left made makes gave given gives kept keeps found says told tells thinks think thought knows
        knew know needs need uses use using used loves love hates prefers tolerates switching starting stopping
        asking waiting double dose doses drug med meds rash pain nausea fever injection pen week weeks month months
        day days year years old male female new well better worse back out up down off over still here there then
        good bad great ill sick also just only dose copd egfr pasi easi dlqi hba1c acei mdd adhd ibd nsclc aki ckd
        care safety education volume mix base flow outcomes outcome response history information info access age
        cohort group groups type will talk spoke met call called follow next likes discussed sample samples
        like love want need hate ask report complain prefer tolerate struggle respond switch stop start come
        left right high low mild severe acute chronic prior therapy treatment label data study trial
        """,
    )
)
_PAST_OR_NOUN = re.compile(r".{3,}(?:ed|tion|tions|ment|ness)")


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
    candidates = [c for c in _candidates(plain) if _is_patient(plain.text, c, known_names)]
    yield from ((c.start, c.end) for c in candidates)
    found = {(c.name_start, c.end) for c in candidates}
    words = {form for start, end in found for form in _words_of(plain.text[start:end])}
    for again in _A_WORD.finditer(plain.text) if words else ():
        word = again[0].removesuffix("'s")
        if word in words and not _is_physicians(plain.text, again.start()):
            yield again.start(), again.start() + len(word)


def _candidates(plain: PlainText) -> Iterator[_Candidate]:
    for start, end in _AHEAD.spans(plain.lowered):
        pattern = _pattern_ahead(plain.lowered[start:end], plain.text[start])
        if match := pattern.match(plain.text, end):
            name_start, name_end = match.start("name"), match.start("name") + _name_length(match["name"])
            yield _Candidate(start if pattern is _AFTER_TITLE else name_start, name_start, name_end)
            if pattern is _AFTER_PATIENTS and (another := _ANOTHER.match(plain.text, name_end)):
                yield _Candidate(another.start("name"), *another.span("name"))
    for start, end in _BEHIND.spans(plain.lowered):
        begin = max(0, start - LONGEST_NAME)
        pattern = _pattern_behind(plain.lowered[start:end])
        if match := pattern.search(plain.text[begin:start]):
            name_start, name_end = begin + match.start("name"), begin + match.end("name")
            yield _Candidate(name_start, name_start, name_end, numbered=pattern is _BEFORE_NUMBER)


def _name_length(name: str) -> int:
    """The length of a name without an ordinary word behind it, as in "MR SMITH SAID"."""
    first, _, second = name.partition(" ")
    return len(first) if name.isupper() and _is_ordinary(second) else len(name)


def _is_ordinary(word: str) -> bool:
    folded = word.casefold()
    return folded in _ORDINARY or _PAST_OR_NOUN.fullmatch(folded) is not None


def _pattern_ahead(cue: str, first: str) -> re.Pattern[str]:
    """The pattern of a name behind a lower-cased cue; `first` is the cue's first character as typed."""
    if _TITLE.occurs(cue):
        return _AFTER_TITLE
    if cue.rstrip(".") in _PATIENTS or (cue in ("pt.", "patient.") and first.islower()):
        return _AFTER_PATIENTS
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
    if _opens_no_name(text, candidate):
        return False
    if name in known_names and not candidate.numbered:
        return False
    return not has_a_role(text, candidate.start, candidate.name_start, candidate.end)


def has_a_role(text: str, start: int, name_start: int, end: int) -> bool:
    """Whether the words `[start, end)` name a physician, a nurse or somebody else by their work.

    The name itself, without a title, begins at `name_start`.
    """
    if _PHYSICIAN_TITLE.match(text[name_start:end]) or _is_physicians(text, name_start):
        return True
    return bool(_ROLE_BEHIND.match(text, end) or _ROLE_BEFORE.search(text[max(0, start - LONGEST_TITLE) : start]))


def _is_physicians(text: str, start: int) -> bool:
    return _PHYSICIAN_BEFORE.search(text[max(0, start - LONGEST_TITLE) : start]) is not None


def _opens_no_name(text: str, candidate: _Candidate) -> bool:
    """Whether words in capitals, or behind the stop of "pt.", are ordinary ones."""
    name = text[candidate.name_start : candidate.end]
    if not name.isupper() and text[max(0, candidate.name_start - 2) : candidate.name_start] != ". ":
        return False
    return any(_is_ordinary(word) for word in name.split())


def _words_of(name: str) -> Iterator[str]:
    """The words of a name by which it may be found again, as they stand and in capitals or not."""
    for word in re.split(r"[ ,]+", name):
        if len(word) >= 2 and word[0].isupper() and "." not in word and word.casefold() not in _ORDINARY:
            yield word
            if len(word) >= 4:
                yield from (word.upper(), word.capitalize())
