"""Days in a note that tells of a named patient: when somebody was admitted, treated, seen, or died.

A day identifies nobody by itself, and most days in call notes are those of meetings and deadlines. In a note that
identifies a patient it is the other way round: of 132 days in the training notes that do, 113 are of that patient's
care. There every day counts, unless the words before it speak of a meeting, a delivery, a decision or a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTH = (
    r"(?:jan(?:uary|uar|uari|vier|eiro)?|feb(?:ruary|ruar|ruari)?|f[ée]vrier|febrero|m[aä]r(?:ch|z|s|zo|t)?|maart|mars|"
    r"apr(?:il|ile)?|avril|abril|may|mai|mayo|maggio|mei|jun[ei]?|juin|junio|giugno|jul[yi]?|juillet|julio|luglio|"
    r"aug(?:ust|ustus)?|août|agosto|sept?(?:ember|tembre|tiembre)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|"
    r"de[cz](?:ember|embre)?|décembre|diciembre|dicembre)\b"
)
_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])"
_DAY = rf"{_NUMBER}(?:st|nd|rd|th|º|er)?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_YEAR = r"(?:,? (?:19|20)\d\d)?"
_OF_MONTH = (
    rf"(?:{_DAY}\.? ?(?:of |de |-)?{_MONTH}"
    rf"|{_MONTH}\.? ?(?:the )?{_DAY}(?![\d.,]*\d| ?(?:mg|mcg|ml|units?|pts?|patients|%)\b)){_YEAR}"
)
_OF_WEEK = rf"{_WEEKDAY},? (?:the )?{_NUMBER}(?:st|nd|rd|th)"
_SPELLED_DAY = rf"(?:{_OF_MONTH}|{_OF_WEEK})"
_SPELLED = re.compile(rf"(?i)(?<![\w/]){_SPELLED_DAY}(?: ?(?:to|until|till|[-–]) ?{_SPELLED_DAY})?(?!\w)")
_DIGITS = re.compile(
    r"(?i)\b(?:on|since|until|till|to|from|by|night of|stopped|started|admitted|discharged|d/c'?d?|died|home|seen"
    rf"|surgery|scan|infusion|injection|dose|clinic) (?:the )?(?P<day>{_NUMBER}/{_NUMBER})"
    r"(?![\w/.-]*\d| ?(?:mg|mcg|ml|%|pts?\b|patients))"
)
_NO_CARE = re.compile(
    r"(?i)\b(?:next|lunch|dinner|webinar|meeting|meets|congress|symposium|call(?:back)?|train(?:ing)?|slides?|slot"
    r"|deliver(?:y|ies)|shipment|order|reply|answer|decision|committee|panel|tender|deadline|effective|formulary"
    r"|list(?:ed|ing)?|launch\w*|reimburse\w*|funded|expires?|closes|invoice|dated)\b[^.;|]{0,25}$"
)
_BEFORE = 40


def care_dates(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the days in a text that identifies a patient, without those that are not of care."""
    for pattern, group in ((_SPELLED, 0), (_DIGITS, "day")):
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if not _NO_CARE.search(text[max(0, start - _BEFORE) : start]):
                yield start, end
