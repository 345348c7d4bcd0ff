"""Possible adverse events: a patient came to harm, or a product failed, was overdosed or reached a pregnancy.

A harm word alone is not enough, since physicians worry about harm all day. A sentence is scored: whether its words tell
of something that happened, whether a patient, a time of treatment, a figure or an outcome is named, whether it was
reported; worry, questions, conditions, studies, staff, people at large and who is not on treatment count against it.
What is denied close by does not count. Recall comes first: at doubt the sentence is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import harm_words as words
from .flags import FlagHit
from .lexicon import Lexicon
from .plain_text import PlainText
from .sentences import clause_spans, grouped

THRESHOLD = 1.5
EVENT, SEVERAL, STOP_ALONE = 1.5, 0.5, -1.25
QUESTION_MARK, FIGURE = -0.75, 1.25
# Weights are log-odds, rounded to quarters, of a logistic regression on half the brands of the training corpus.
_OF_SENTENCE = (
    (words.TIMING, 2.0),
    (words.PATIENT, 1.75),
    (words.REPORTED, 1.5),
    (words.RECOVERED, 1.5),
    (words.SOMEBODY, 1.0),
    (words.ON_IT, 0.5),
    (words.PLURAL, -0.75),
    (words.CONDITION, -0.75),
    (words.STAFF, -1.0),
    (words.UNTREATED, -1.0),
    (words.STUDY, -1.25),
)
_OF_CLAUSE = ((words.OVER, -1.25), (words.ASKED, -1.25), (words.DOUBT, -1.75))
_HARMS: dict[str, Lexicon] = {
    "event": words.EVENT,
    "disease": words.DISEASE,
    "symptom": words.SYMPTOM,
    "stop": words.STOP,
    "ineffective": words.INEFFECTIVE,
}
_DIGIT = re.compile(r"\d")
# What may stand between two words of one clause: no comma, colon or stop.
_GAP = r"(?:[ \t]{1,3}['\"]?|[-/'\"]| [/&+] )"
_NO_HARM = (
    r"(?:improve\w*|improving|responses?|responding|benefit|effect|relief|better|working|samples?|insurance|insured|"
    r"cover\w*|luck|answer|reply|approv\w*|refills?|stock|access|adherent|compliant)\b"
)
_NEW_CLAUSE = (
    r"(?:but|though|although|however|because|bc|since|so|until|till|then|when|after|due|aber|weil|"
    r"pts?|patients?|patient\w{2}|he|she)\b"
)
# "no pt had …" denies; after any other word a patient or a conjunction begins something new that is not denied.
_DENIED_BEFORE = re.compile(
    r"\b(?:(?:no|not|none|never|zero|nil|hardly|barely|doesn't|doesnt|don't|didn't|didnt|isn't|wasn't|hasn't|haven't|"
    rf"free of|free from|less|fewer|lower|kein|keine|keinen|nie|nicht|instead of|rather than)(?!{_GAP}{_NO_HARM}){_GAP}"
    rf"(?:(?:pts?|patients?|patient\w{{2}}|he|she){_GAP})?(?:(?!{_NEW_CLAUSE})\w+{_GAP}){{0,3}}"
    rf"|(?:without|w/out|w/o|ohne){_GAP}(?:\w+(?: or | nor |/))?"
    rf"(?:(?:any|an?|the|his|her|more|further|new|ever|even|having|developing|serious|major|severe|jede\w?){_GAP}){{0,2}}"
    rf"|(?:stopped|cut){_GAP}(?:(?:the|his|her|their|all|down|back|on){_GAP}){{0,3}})\Z"
)
_DENIED_AFTER = re.compile(rf"{_GAP}(?:\w+{_GAP}){{0,2}}(?:gone|zero|nil|away|free|less|better|improved)\b")


def adverse_events(plain: PlainText) -> Iterator[FlagHit]:
    """Flags of possible adverse events, at most one a sentence, at its clauses that tell of harm.

    Spans are of the plain copy.
    """
    harms = sorted(_affirmed_harms(plain.lowered))
    if not harms:
        return
    for (start, end), inside in grouped(plain.sentences, harms):
        clauses = [span for span, _ in grouped(clause_spans(plain.text, start, end), inside)]
        score = _score(plain.lowered[start : end + 1], [plain.lowered[b:e] for b, e in clauses], inside)
        if score >= THRESHOLD:
            strength = round(min(0.95, 0.4 + 0.1 * score), 2)
            yield FlagHit(clauses[0][0], clauses[-1][1], "adverse_event", strength, "rule:harm")


def _affirmed_harms(lowered: str) -> Iterator[tuple[int, str]]:
    """Position and class of each harm word that its own clause does not deny; what follows denies no event."""
    for name, lexicon in _HARMS.items():
        for start, end in lexicon.spans(lowered):
            if _DENIED_BEFORE.search(lowered, max(0, start - 40), start):
                continue
            if name == "event" or not _DENIED_AFTER.match(lowered, end, end + 30):
                yield start, name


def _score(sentence: str, clauses: list[str], harms: list[tuple[int, str]]) -> float:
    """How much a sentence (with the mark that ends it) and its clauses with harm speak of a patient's case."""
    classes = {name for _, name in harms}
    return (
        EVENT * ("event" in classes)
        + SEVERAL * (len(harms) > 1)
        + STOP_ALONE * (classes == {"stop"})
        + QUESTION_MARK * ("?" in sentence)
        + FIGURE * (_DIGIT.search(sentence) is not None)
        + sum(weight for lexicon, weight in _OF_SENTENCE if lexicon.occurs(sentence))
        + sum(weight for lexicon, weight in _OF_CLAUSE if any(map(lexicon.occurs, clauses)))
    )
