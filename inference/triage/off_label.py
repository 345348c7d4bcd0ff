"""Off-label use: discussed, requested or reported."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from .approved_use import ApprovedUse
from .flags import FlagHit
from .label_words import GROWN_UP, amounts, intervals
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import clause_spans

OUTSIDE_LABEL = "rule:outside_label"
"""The detector that compares a note with the label of its brand."""

FEWEST_WORDS = 4
"""Fewer words before the label is named tell of no use ("I said: not in label")."""

_LABEL = (
    "(?:label|labell?ing|licen[cs]e|indication|smpc|spc|pi|approval|zulassung|marketing authori[sz]ation|fachinfo\\w*)"
)
_THE = "(?: (?:the|its|our|their|of the))?(?: (?:approved|licen[cs]ed|current))?"
_SAID = Lexicon(
    rf"""
    off[- ]?label\w*, off[- ]licen[cs]e, unlicen[cs]ed, unlabell?ed, unapproved, label only, adults[- ]only
    out of licen[cs]e, outside{_THE} {_LABEL}, beyond{_THE} {_LABEL}, against{_THE} {_LABEL}, out of{_THE} {_LABEL}
    not(?: \w+)? (?:in|on|within|covered by|part of|per){_THE} {_LABEL}, isn'?t (?:in|on|within){_THE} {_LABEL}
    nothing in{_THE} {_LABEL}, not ap?proved(?=$|[.,;)]| for| in| at| under| below), not licen[cs]ed, not indicated
    quote me the pi, no (?:indication|licen[cs]e) (?:for|in), licen[cs]ed in adults only, nicht zugelassen
    ohne zulassung, au(?:ß|ss)erhalb(?: der)? zulassung, hors[- ]amm, fuera de ficha, fuori indicazione
    compassionate use, individueller heilversuch
    label (?:says|said|forbids|stops)(?! (?:\d|done)), leaflet (?:says|said|forbids)
    package says, monograph says, notice says, contra-?indicated and, no data/no label, not authori[sz]ed, not our label
    told (?:\w+ ){{0,4}}{_LABEL}, reminded (?:\w+ ){{0,4}}{_LABEL}, i said (?:\w+ ){{0,4}}{_LABEL}
    not an? (?:approved |licensed )?indication, isn'?t our indication, not (?:our|on|in) {_LABEL}, no licen[cs]e
    not labelled, outside (?:the )?posology, outside (?:the |our )?authori[sz]ation, steered \w+ to the {_LABEL}
    """
)
_NOT_SAID = Lexicon(
    r"""
    off[- ]?label\?, off[- ]?label: ?n\w+, off[- ]?label\? n\w+, no off[- ]?label, no unlicen[cs]ed, no unapproved
    unlicen[cs]ed code
    within (?:the )?label, like the label, per label, in-label, label was widened, no more believes
    wide label, label change
    """
)
_CHILDREN = r"pa?ediatric\w*, adolescent\w*, teen\w*, kids?, child\w*, minors?, infants?, toddler\w*"
_UNUSUAL = Lexicon(
    "\n".join(f"{age}[- ]?(?:yr|year|y/o|yo|jähr)\\w*(?:[- ]olds?)?" for age in range(1, 18))
    + "\n"
    + "\n".join(f"{child} of {age}" for child in ("boy", "girl", "child", "lad") for age in range(1, 18))
    + f"\n{_CHILDREN}"
    + r"""
    pregnan\w*, breast-?feed\w*, lactat\w*, dialys\w*, combo w\w*, combin(?:e|ed|ing|ation) (?:w/|with), on top of
    monotherapy, q\d+w? (?:to|instead of) q\d+w?, doubl(?:e|ed|ing) the dose, half (?:the )?dose, higher dose
    every (?:six|four|two|\d) weeks
    """
)
_USED = Lexicon(
    r"""
    used? it, using it, uses it, tried it, try it, put (?:a|his|her|an|one|the), gave it, giv(?:e|es|ing) it
    start(?:ed|ing)? (?:a|an|one), moved a pt, just do it, use by, use in, used in, be used, works? in, ok in, ok for
    safe in, activity in, asked re, combo, wants to try
    """
)
_ORDINARY = Lexicon("worr\\w*\ncoverage\nplan\nsamples?\nwaiting\nbooklet\nleaflet\napproved for \\w+")
_REPLY = Lexicon("told\nexplained\nreminded\nsaid\nclarified\nadvised\nanswered\nreplied\nnoted")


_USED_OR_ASKED = Lexicon(
    r"""
    us(?:e|es|ed|ing), tr(?:y|ies|ied|ying), put, gave, give[sn]?, giving, start(?:s|ed|ing)?, treat(?:s|ed|ing)?
    mov(?:e|es|ed|ing), switch(?:es|ed|ing)?, stretch(?:es|ed|ing)?, go(?:es|ing)? (?:up|to), went (?:up|to)
    push(?:es|ed|ing)?, ask(?:s|ed|ing)?, question(?:s|ed)?, want(?:s|ed|ing)? to, wonder(?:s|ed|ing)?
    work(?:s|ed)? in, would it, can (?:he|she|i|we), any(?: \w+)? data, data (?:in|on|for), okay? in, ok(?:ay)? for
    has \w+ on, on it, reduc\w+, rais(?:e|es|ed|ing), doubl(?:e|es|ed|ing), prescrib(?:e|es|ed|ing)
    experience in, interested in, pts?, lad(?:y|ies), boys?, girls?, case of
    """
)
_AGE = re.compile(
    r"(?<![\w.])(?P<age>\d{1,2})[- ]?(?:(?:yr|year)s?[- ]?olds?\b|y/?o\b|y\.o\.|jährig)|\bage[ds]? (?P<aged>\d{1,2})\b"
)
_CHILD = Lexicon(_CHILDREN)


def off_label_uses(plain: PlainText, approved: Sequence[ApprovedUse] = ()) -> Iterator[FlagHit]:
    """Flags of off-label talk, at most one a sentence; spans are of the plain copy.

    Where the rep's reply is what names the label ("told him adults only"), the span begins at the sentence replied to.
    With the brand's label, what a sentence says of ages, conditions, measures, doses and intervals is compared with it.
    """
    if not approved and not _SAID.occurs(plain.lowered) and not _UNUSUAL.occurs(plain.lowered):
        return
    previous: int | None = None
    for start, end in plain.sentences:
        sentence = plain.lowered[start:end]
        if _SAID.occurs(sentence) and not _NOT_SAID.occurs(sentence):
            begin = previous if previous is not None and _REPLY.occurs(sentence) else start
            finish = _before_reply(plain, start, end) if begin == start else end
            yield FlagHit(begin, finish, "off_label", 0.85, "rule:label")
        elif approved and all(_is_outside(sentence, use) for use in approved):
            yield FlagHit(start, end, "off_label", 0.7, OUTSIDE_LABEL)
        elif _is_unusual(sentence) and not any(_is_approved_age(sentence, use) for use in approved):
            yield FlagHit(start, end, "off_label", 0.55, "rule:population")
        previous = start


def _before_reply(plain: PlainText, start: int, end: int) -> int:
    """Where the use that the sentence tells of ends, if the label is named in a clause of its own behind it."""
    named = start + _SAID.spans(plain.lowered[start:end])[0][0]
    ends = [finish for begin, finish in clause_spans(plain.text, start, end) if finish <= named]
    told = bool(ends) and len(plain.text[start : ends[-1]].split()) >= FEWEST_WORDS
    return ends[-1] if told else end


def _is_unusual(sentence: str) -> bool:
    """Whether a sentence tells of a use that few labels cover."""
    return _UNUSUAL.occurs(sentence) and _USED.occurs(sentence) and not _ORDINARY.occurs(sentence)


def _is_outside(sentence: str, approved: ApprovedUse) -> bool:
    """Whether a sentence tells of a use, or asks about one, that the label excludes."""
    if not _USED_OR_ASKED.occurs(sentence) or _ORDINARY.occurs(sentence):
        return False
    return (
        (approved.terms is not None and approved.terms.occurs(sentence))
        or any(age < (approved.youngest or 0) for age in _ages(sentence))
        or any(measure.is_exceeded(sentence) for measure in approved.measures)
        or _beyond_dose(sentence, approved)
    )


def _ages(sentence: str) -> list[int]:
    return [int(match["age"] or match["aged"]) for match in _AGE.finditer(sentence)]


def _is_approved_age(sentence: str, approved: ApprovedUse) -> bool:
    """Whether the label covers the children that a sentence tells of."""
    ages = _ages(sentence)
    if approved.youngest is None or approved.youngest >= GROWN_UP or not (ages or _CHILD.occurs(sentence)):
        return False
    return all(age >= approved.youngest for age in ages)


def _beyond_dose(sentence: str, approved: ApprovedUse) -> bool:
    larger = any(amount > approved.doses.get(unit, math.inf) for amount, unit in amounts(sentence))
    often = set(intervals(sentence))
    return larger or bool(approved.intervals and often - approved.intervals)
