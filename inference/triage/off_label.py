"""Off-label use: discussed, requested or reported."""

from __future__ import annotations

from collections.abc import Iterator

from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText

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
    """
)
_UNUSUAL = Lexicon(
    "\n".join(f"{age}[- ]?(?:yr|year|y/o|yo|jähr)\\w*(?:[- ]olds?)?" for age in range(1, 18))
    + r"""
    pa?ediatric\w*, adolescent\w*, teen\w*, kids?, child\w*, minors?, infants?, toddler\w*
    pregnan\w*, breast-?feed\w*, lactat\w*, dialys\w*, combo w\w*, combin(?:e|ed|ing|ation) (?:w/|with), on top of
    monotherapy, q\d+w? (?:to|instead of) q\d+w?, doubl(?:e|ed|ing) the dose, half (?:the )?dose, higher dose
    every (?:six|four|two|\d) weeks
    """
)
_USED = Lexicon(
    r"""
    used? it, using it, uses it, tried it, try it, put (?:a|his|her|an|one|the), gave it, giv(?:e|es|ing) it
    start(?:ed|ing)? (?:a|an|one), moved a pt, just do it, use by, use in, used in, be used, works? in, ok in, ok for
    safe in, data in, data for, activity in, asked re, combo, wants to try
    """
)
_ORDINARY = Lexicon("worr\\w*\ncoverage\nplan\nsamples?\nwaiting\nbooklet\nleaflet\napproved for \\w+")
_REPLY = Lexicon("told\nexplained\nreminded\nsaid\nclarified\nadvised\nanswered\nreplied\nnoted")


def off_label_uses(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of off-label talk, at most one a sentence; spans are of the plain copy.

    Where the rep's reply is what names the label ("told him adults only"), the span begins at the sentence replied to.
    """
    if not _SAID.occurs(plain.lowered) and not _UNUSUAL.occurs(plain.lowered):
        return
    previous: int | None = None
    for start, end in plain.sentences:
        sentence = plain.lowered[start:end]
        if _SAID.occurs(sentence):
            begin = previous if previous is not None and _REPLY.occurs(sentence) else start
            yield FlagHit(begin, end, "off_label", 0.85, "rule:label")
        elif _UNUSUAL.occurs(sentence) and _USED.occurs(sentence) and not _ORDINARY.occurs(sentence):
            yield FlagHit(start, end, "off_label", 0.55, "rule:population")
        previous = start
