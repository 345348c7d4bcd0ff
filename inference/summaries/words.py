"""The words that the checker of summaries knows: what each of them says of a fact, and which must not be there.

Every other word is refused: a sentence that the checker cannot read in full is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .fact import Dimension

OPEN_STATES = frozenset({"open", "reopened", "contradicted"})
STATES = OPEN_STATES | {"resolved"}

Said = tuple[Dimension, frozenset[str]]
"""A dimension, and the values of it that the words are true of."""


def _said(dimension: Dimension, values: frozenset[str], *phrases: str) -> dict[str, Said]:
    return {phrase: (dimension, values) for phrase in phrases}


def _one(value: str) -> frozenset[str]:
    return frozenset({value})


CLAIMS: Mapping[str, Said] = {
    **_said("polarity", _one("barrier"), "barrier", "barriers", "obstacle", "obstacles", "hurdle", "hurdles"),
    **_said("polarity", _one("barrier"), "concern", "concerns", "worry", "worries", "objection", "objections"),
    **_said("polarity", _one("barrier"), "problem", "problems", "held back by", "holds back", "hold back"),
    **_said("polarity", _one("barrier"), "against", "hesitates", "hesitant", "negative"),
    **_said("polarity", _one("driver"), "driver", "drivers", "motive", "motives", "motivates", "motivated by"),
    **_said("polarity", _one("driver"), "moved by", "moves", "in favour", "in favor", "drawn by", "positive"),
    **_said("state", OPEN_STATES, "open", "unresolved", "remains", "remain", "persists", "persist", "ongoing"),
    **_said("state", OPEN_STATES, "still", "active", "outstanding", "unsettled"),
    **_said("state", _one("reopened"), "reopened", "returned", "resurfaced", "came back", "raised again", "again"),
    **_said("state", _one("contradicted"), "contradicted", "disputed", "contested"),
    **_said("state", _one("resolved"), "resolved", "settled", "solved", "over", "gone", "overcome", "closed"),
    **_said("state", _one("resolved"), "ended", "past", "former", "cleared", "lifted", "removed"),
    **_said("trend", _one("rising"), "rising", "growing"),
    **_said("trend", _one("falling"), "falling", "fading"),
    **_said("trend", _one("steady"), "steady", "stable"),
    **_said("holder", _one("physician"), "says", "said", "states", "stated", "reports", "reported", "mentions"),
    **_said("holder", _one("physician"), "mentioned", "raised", "raises", "own words"),
    **_said("holder", _one("rep"), "rep", "rep's", "rep's guess", "representative"),
    **_said("holder", _one("other"), "somebody else's view", "somebody else", "colleague", "colleagues"),
    **_said("stance", _one("prefers"), "prefers", "prefer", "preferred", "wishes", "wants", "welcomes"),
    **_said("stance", _one("avoids"), "avoids", "avoid", "declines", "does not wish", "does not want"),
    **_said("stage", _one("unaware"), "unaware"),
    **_said("stage", _one("aware"), "aware"),
    **_said("stage", _one("trial"), "trial", "trials", "trying"),
    **_said("stage", _one("adopter"), "adopter"),
    **_said("stage", _one("advocate"), "advocate"),
    **_said("stage", _one("lapsed"), "lapsed"),
}

NEGATIONS = ("no longer", "not", "no", "isn't", "aren't", "hasn't", "haven't", "doesn't", "don't")
"""They turn the word of a state round, and "no longer a barrier" is a resolved one; elsewhere they are refused."""

TURNS = ("but", "while", "whereas", "although", "though", "however", "yet")
"""Words after which something else is spoken of."""

JOINS = ("and", "or", "also", "as well as", "along with")

PLAIN_WORDS = frozenset(
    (
        *("a", "an", "the", "this", "that", "these", "those", "it", "its"),
        *("he", "she", "his", "her", "they", "their", "who", "which"),
        *("of", "for", "to", "from", "in", "on", "by", "with", "as", "at", "about", "towards", "since"),
        *("is", "are", "has", "have", "been", "being"),
        *("physician", "physicians", "doctor", "dr", "prof", "professor", "hcp", "prescriber"),
        *("brand", "adoption", "stage", "topic", "topics", "state", "view", "guess", "channel", "channels"),
        *("now", "currently", "there", "here", "both"),
    )
)
"""They say nothing of a fact, and none of them is what an order begins with."""

NOUN_FOLLOWERS = frozenset(
    (
        *("is", "are", "has", "have", "been", "being", "who", "which", "channel", "channels"),
        *("of", "for", "from", "in", "on", "by", "with", "as", "at", "about", "towards", "since"),
    )
)
"""The plain words that may stand behind a name; behind any other, "phone" and "support" may be orders."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "coverage": (
        *("coverage", "payer", "payers", "insurer", "insurers", "insurance", "reimbursement"),
        *("prior authorisation", "prior authorization", "prior auth"),
    ),
    "cost": ("costs", "price", "prices", "pricing", "copay", "affordability"),
    "dosing": ("dosing", "dose", "administration", "titration"),
    "evidence": ("data", "studies"),
    "guidelines": ("guideline",),
    "inertia": ("habit", "habits"),
    "institution": ("hospital", "institutional"),
    "knowledge": ("knowledge", "confidence", "training"),
    "mechanism": ("mechanism",),
    "patient_acceptance": ("adherence", "acceptance"),
    "safety": ("tolerability",),
    "supply": ("stock", "shortage", "shortages", "availability"),
    "support": ("support programme", "support program", "patient support"),
    "trust": ("credibility",),
    "workload": ("workload", "paperwork", "staffing"),
}
"""What else topics are called, by the ids of the taxonomy that ships; a topic's name and id need no entry."""

_FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "a recommendation": (
        *("should", "shall", "must", "ought", "recommend\\w*", "suggest\\w*", "advis\\w+", "offer\\w*", "propos\\w+"),
        *("discuss\\w*", "consider\\w*", "emphasi\\w+", "highlight\\w*", "reassur\\w+", "please", "needs? to", "let's"),
        *("address\\w*", "follow up", "share", "prescribe", "switch", "promot\\w+"),
    ),
    "a claim about the product": (
        *("safe", "safer", "safest", "safely", "effective\\w*", "ineffective", "prove[nsd]?", "superior\\w*", "better"),
        *(
            "best",
            "benefit\\w*",
            "advantage\\w*",
            "guarantee\\w*",
            "cure[sd]?",
            "well[- ]tolerated",
            "works",
            "first[- ]line",
        ),
    ),
    "what belongs to safety": (
        *("adverse", "side[- ]effects?", "complain\\w*", "defect\\w*", "off[- ]label", "unapproved", "pregnan\\w+"),
        *("overdos\\w+", "died", "dies", "deaths?", "fatal\\w*", "hospitali[sz]\\w+", "toxic\\w*", "harm\\w*"),
    ),
    "an instruction": ("ignore\\w*", "disregard\\w*", "instruct\\w*", "prompt\\w*", "system", "assistant", "obey\\w*"),
}

FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    what: re.compile(rf"(?i)(?<!\w)(?:{'|'.join(patterns)})(?!\w)") for what, patterns in _FORBIDDEN.items()
}
"""What a sentence must not have, in quotations either; names of topics do not count."""
