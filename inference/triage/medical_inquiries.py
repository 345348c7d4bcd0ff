"""Unsolicited medical inquiries: the physician asks for clinical information."""

from __future__ import annotations

from collections.abc import Iterator

from . import inquiry_words as words
from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import clause_spans, trimmed

THRESHOLD = 4.0
QUESTION_MARK, REFERRED_IN_NOTE, REFERRED_NEXT, ANSWERED_NEXT = 2.75, 1.0, 1.75, -1.25
NEXT = 60
"""Characters behind a question in which a reply or a referral to medical information belongs to it."""

# Weights are log-odds, rounded to quarters, of a logistic regression on half the brands of the training corpus.
_OF_SENTENCE = (
    (words.ASKED, 2.25),
    (words.CLINICAL, 2.25),
    (words.OPENING, 1.75),
    (words.WANTED, 1.5),
    (words.EVIDENCE, 1.5),
    (words.WHETHER, 1.25),
    (words.CONTACT, -1.0),
    (words.LOGISTIC, -1.25),
    (words.OTHER_ASKER, -1.5),
)
_CUES = (words.ASKED, words.WANTED, words.OPENING)
_CONTENT = (words.CLINICAL, words.EVIDENCE, words.WHETHER, *_CUES)
_SENT_ON = Lexicon(
    r"""
    m\.?i\.? (?:req\w* (?:filed|sent|logged|submitted)|form|enquiry|inquiry|will), filed mi \w+, mi request filed
    mirf, mir (?:sent|filed|form|req|logged|submitted), an medwiss\w*, sent to (?:mi|medical)
    to medical info(?:rmation)?, medical (?:will|would) (?:call|reach|follow|send|answer)
    msl (?:to|will|f/u) \w+, offered (?:the )?msl, referred to (?:the )?msl, passed to (?:the )?msl
    logged (?:an? )?(?:enquiry|inquiry)
    """
)


def medical_inquiries(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of medical inquiries, at most one a sentence; spans are of the plain copy.

    A referral to medical information counts on its own only where the note shows no question.
    """
    hits = list(_questions(plain))
    yield from hits or _referrals(plain)


def _questions(plain: PlainText) -> Iterator[FlagHit]:
    lowered = plain.lowered
    if not ("?" in lowered or any(cue.occurs(lowered) for cue in _CUES)):
        return
    referred = words.REFERRED.occurs(lowered)
    for start, end in plain.sentences:
        sentence = lowered[start : end + 1]
        if not ("?" in sentence or any(cue.occurs(sentence) for cue in _CUES)):
            continue
        score = _score(sentence, lowered[end : end + NEXT], referred)
        if score >= THRESHOLD:
            strength = round(min(0.95, 0.3 + 0.1 * score), 2)
            yield FlagHit(*_asked_for(plain, start, end), "medical_inquiry", strength, "rule:asked")


def _score(sentence: str, following: str, referred: bool) -> float:
    """How much a sentence asks for clinical information; `referred` says whether the note tells of a referral."""
    return (
        QUESTION_MARK * ("?" in sentence)
        + REFERRED_IN_NOTE * referred
        + REFERRED_NEXT * words.REFERRED.occurs(following)
        + ANSWERED_NEXT * words.ANSWERED.occurs(following)
        + sum(weight for lexicon, weight in _OF_SENTENCE if lexicon.occurs(sentence))
    )


def _asked_for(plain: PlainText, start: int, end: int) -> tuple[int, int]:
    """From the first word that asks to the end of the clause with the last one that says what is asked for."""
    sentence = plain.lowered[start:end]
    begin = min((cue.spans(sentence)[0][0] for cue in _CUES if cue.occurs(sentence)), default=0)
    last = max((_last(lexicon, sentence) for lexicon in _CONTENT), default=begin)
    finish = next((e for b, e in clause_spans(plain.text, start, end) if e > start + max(begin, last)), end)
    return trimmed(plain.text, start + begin, finish)


def _last(lexicon: Lexicon, sentence: str) -> int:
    return lexicon.spans(sentence)[-1][0] if lexicon.occurs(sentence) else -1


def _referrals(plain: PlainText) -> Iterator[FlagHit]:
    if not _SENT_ON.occurs(plain.lowered):
        return
    for start, end in plain.sentences:
        if _SENT_ON.occurs(plain.lowered[start:end]):
            yield FlagHit(start, end, "medical_inquiry", 0.6, "rule:referred")
