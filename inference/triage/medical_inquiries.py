"""Unsolicited medical inquiries: the physician asks for clinical information."""

from __future__ import annotations

from collections.abc import Iterator

from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import trimmed

_ASKED = Lexicon(
    r"""
    asked, asks?, asking, enquire[sd]?, inquire[sd]?, requested, queried, fragt\w*, demande, pregunta\w*, q:
    question:, questions? (?:about|on|re|regarding|for|whether|if), frage (?:zu|nach)
    requests? (?:about|on|re|for|whether), enquir(?:y|ies) (?:about|on|re|regarding|for|whether|if)
    inquir(?:y|ies) (?:about|on|re|regarding|for|whether|if), wonder(?:s|ed|ing) (?:if|whether|about)
    want(?:s|ed)? (?:to )?know, is there any\w*, are there any, any data, likes? to know
    curious (?:if|whether|about|how), wants? (?:info\w*|literature|evidence) on, wants? data on, can it be
    is it (?:safe|ok), any experience, what happens if, how long after, raised (?:a|the) question, möchte wissen
    will wissen, bittet um, hat gefragt, needs info\w* (?:on|about), looking for (?:data|info\w*), anything on
    any info\w*, wants? (?:paper|reprint|the study|data|numbers)
    """
)
_CLINICAL = Lexicon(
    r"""
    whether, if, data, info\w*, evidence, numbers, study, studies, trial\w*, interact\w*, subgroup\w*, registry
    registries, patients?, pts?, dos(?:e|es|ing), combin\w*, combo, co-?admin\w*, preg\w*, breast\w*, lactat\w*
    vaccin\w*, renal, hepatic, kidney, liver, dialys\w*, pfs, survival, efficacy, safety, works?, working, effect\w*
    reaction\w*, switch\w*, use, using, table, re, reprint\w*, paper, publication\w*, half-?life, mechanism, pk
    monitor\w*, tests?, with, under, in, ok
    """
)
_LOGISTIC = Lexicon(
    r"""
    lunch, dinner, parking, samples?, brochures?, leaflets?, webinar, invit\w*, appointment, visit
    call (?:back|me|him|her|again), e-?mail, phone, card, demo, training, speaker, congress, come back, contract, price
    pricing, cost, co-?pay, coverage, formulary, pens? (?:for|to), for it, asking by name, rep, reps, enroll\w*, hub
    stock, delivery, delivered, pharmacy, insur\w*, payer, plan, budget, slides?, poster, booklet\w*, nurse educator
    me to, us to, stop calling, next week, next month, monday, tuesday, wednesday, thursday, friday, why, who, wife
    husband, kids, fridge, the oral, about daily
    """
)
_REFERRED = Lexicon(
    r"""
    m\.?i\.? (?:req\w*|form|enquiry|inquiry|will|team|letter), mirf, mir (?:sent|filed|form|req|logged|submitted)
    med(?:ical)? ?info(?:rmation)?, med ?wiss\w*, medizinwissenschaft\w*, srl, standard response, response letter
    unsolicited, sent to (?:mi|medical), to medical, medical (?:will|would|to) (?:call|reach|follow|send|answer)
    msl (?:to|will|f/u|follow)\w*, offer(?:ed)? (?:the )?msl, referred to (?:the )?msl, passed to (?:the )?msl
    logged (?:an? )?(?:enquiry|inquiry), from medical, mi request
    """
)


def medical_inquiries(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of medical inquiries, at most one a sentence; spans are of the plain copy.

    A referral to medical information counts on its own only where the note shows no question.
    """
    asked = _ASKED.occurs(plain.lowered)
    referred = _REFERRED.occurs(plain.lowered)
    hits = list(_questions(plain, referred)) if asked else []
    yield from hits or (_referrals(plain) if referred else ())


def _questions(plain: PlainText, referred: bool) -> Iterator[FlagHit]:
    for start, end in plain.sentences:
        sentence = plain.lowered[start:end]
        verbs = _ASKED.spans(sentence)
        if verbs and _is_clinical(sentence[verbs[0][0] :], sentence[verbs[0][1] :], referred):
            span = trimmed(plain.text, start + verbs[0][0], end)
            yield FlagHit(*span, "medical_inquiry", 0.8 if referred else 0.65, "rule:asked")


def _is_clinical(question: str, asked_for: str, referred: bool) -> bool:
    if _LOGISTIC.occurs(question) and not _REFERRED.occurs(question):
        return False
    return referred or "?" in asked_for or _CLINICAL.occurs(asked_for)


def _referrals(plain: PlainText) -> Iterator[FlagHit]:
    for start, end in plain.sentences:
        if _REFERRED.occurs(plain.lowered[start:end]):
            yield FlagHit(start, end, "medical_inquiry", 0.6, "rule:referred")
