"""Survey answers → statements: free text through the model, scales and choices through a map or their question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...prompts import SurveyMap, SurveyQuestion
from ..triage import triage_text
from .annotator import Annotator, safety_annotation
from .statement import Annotation, ChannelStatement, Evidence, Stance, Statement, Status

AGREES_FROM = 0.65
"""Share of the scale from which an answer agrees (5 of 1–7)."""
DISAGREES_TO = 0.35
"""Share of the scale up to which an answer disagrees (3 of 1–7)."""
CHOICE_PROBABILITY = 0.95
"""Of what an answer says by a map, and of a channel that is chosen."""

_SCALE = re.compile(r"(?P<low>\d+)\D{0,30}?[-–—/]\D{0,10}?(?P<high>\d+)")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_ABOUT_CHANNELS = re.compile(
    r"channel|prefer|contact|reach you|hear from us|kanal|erreich|kontakt|informier", re.IGNORECASE
)
_UNWANTED = re.compile(r"\b(?:avoid|not|least|stop|fewer|less|no longer|nicht|weniger|kein\w*)\b", re.IGNORECASE)
_CHANNEL_WORDS: Mapping[str, str] = {
    "face_to_face": r"face.to.face|in.person|visits?|persönlich\w*|besuch\w*",
    "phone": r"(?:tele)?phone|calls?|telefon\w*|anruf\w*",
    "video": r"video\w*|teams|zoom|remote call",
    "email": r"e-?mails?",
    "webinar": r"webinars?|webcasts?",
    "congress": r"congress\w*|conferences?|kongress\w*",
    "peer_meeting": r"peer.meetings?|round.?tables?|qualitätszirkel",
    "website": r"web ?sites?|portal|internet",
    "messaging": r"messag\w*|whatsapp|sms|text messages?|nachricht\w*",
    "mail": r"post(?:al mail)?|letters?|mail|briefe?",
    "msl": r"msl|medical science liaison\w*",
}
_CHANNELS = {
    name: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE) for name, words in _CHANNEL_WORDS.items()
}


def read_surveys(
    rows: Sequence[Mapping[str, str | None]], annotator: Annotator, maps: Sequence[SurveyMap] = ()
) -> list[Annotation]:
    """One annotation a response; rows have `question`, `answer` and `kind` (free_text where it is missing).

    Free text is read like a note. A scale or a choice says what the first of the `maps` that knows its question has it
    say. A scale that none knows is read by the model: what the question claims holds where the answer agrees; where it
    disagrees, a claimed barrier is resolved and a claimed driver is a barrier. A choice of channels prefers those it
    names, or avoids them where the question asks for that. Every answer is searched for flags.
    """
    entries = {question: _entry(question, maps) for question in {row["question"] or "" for row in rows}}
    asked = {_statement_part(row["question"]) for row in rows if _needs_reading(row, entries)}
    questions = sorted(asked)
    claims = dict(zip(questions, annotator.annotate(questions), strict=True))
    free = [i for i, row in enumerate(rows) if _is_free_text(row)]
    read = annotator.annotate([rows[i]["answer"] or "" for i in free], [rows[i].get("brand") for i in free])
    answers = dict(zip(free, read, strict=True))
    return [
        answers[i] if i in answers else _structured(row, entries[row["question"] or ""], claims)
        for i, row in enumerate(rows)
    ]


def _entry(question: str, maps: Sequence[SurveyMap]) -> SurveyQuestion | None:
    statement = _statement_part(question)
    return next((entry for known in maps if (entry := known.of(statement)) is not None), None)


def _is_free_text(row: Mapping[str, str | None]) -> bool:
    return row.get("kind") in (None, "free_text")


def _needs_reading(row: Mapping[str, str | None], entries: Mapping[str, SurveyQuestion | None]) -> bool:
    """Whether the model has to say what a scale's question claims."""
    return row.get("kind") == "scale" and entries[row["question"] or ""] is None


def _structured(
    row: Mapping[str, str | None], entry: SurveyQuestion | None, claims: Mapping[str, Annotation]
) -> Annotation:
    question, answer = row["question"] or "", row["answer"] or ""
    triaged = triage_text(answer)
    found, words = replace(safety_annotation(triaged), unread=None), f"{question}: {triaged.redacted.text}"
    if row.get("kind") == "scale":
        status = scale_status(question, answer)
        if status is None:
            return found
        if entry is not None:
            return replace(found, statements=_mapped(entry, "agree" if status == "current" else "disagree", words))
        return replace(found, statements=_likeliest(claims[_statement_part(question)].statements, status, words))
    if entry is not None and entry.answers:
        chosen = entry.chosen(answer)
        return replace(found, statements=tuple(_said(one.topic, one.says, words, "choice") for one in chosen))
    return replace(found, channel_statements=_chosen_channels(question, answer, words))


def _mapped(entry: SurveyQuestion, side: str, words: str) -> tuple[Statement, ...]:
    says = entry.agree if side == "agree" else entry.disagree
    return (_said(entry.topic, says, words, "scale"),) if entry.topic and says else ()


def _said(topic: str, says: str, words: str, annotator: str) -> Statement:
    """What a map makes of an answer, such as "barrier resolved"."""
    polarity, _, status = says.partition(" ")
    return Statement(
        topic=topic,
        polarity="driver" if polarity == "driver" else "barrier",
        status="resolved" if status == "resolved" else "current",
        holder="hcp",
        probability=CHOICE_PROBABILITY,
        evidence=Evidence(None, None, words),
        annotator=annotator,
    )


def scale_status(question: str, answer: str) -> Status | None:
    """Current where the answer agrees, resolved where it disagrees, None in the middle or where it is no number.

    The ends of the scale are read from the question ("1 disagree - 7 agree"), first from the brackets at its end;
    1 to 7 where it does not say.
    """
    brackets = _BRACKETS.search(question)
    ends = (brackets and _SCALE.search(brackets.group())) or _SCALE.search(question)
    low, high = (float(ends["low"]), float(ends["high"])) if ends else (1.0, 7.0)
    try:
        value = float(answer.strip().replace(",", "."))
    except ValueError:
        return None
    if high <= low or not low <= value <= high:
        return None
    share = (value - low) / (high - low)
    return "current" if share >= AGREES_FROM else "resolved" if share <= DISAGREES_TO else None


def _statement_part(question: str | None) -> str:
    """The question without its scale in brackets."""
    return _BRACKETS.sub("", question or "")


def _likeliest(claimed: Sequence[Statement], status: Status, words: str) -> tuple[Statement, ...]:
    """A scale asks one thing: the likeliest reading of its question. Who denies what speaks for us holds back."""
    if not claimed:
        return ()
    best = max(claimed, key=lambda statement: statement.probability)
    if status == "resolved" and best.polarity == "driver":
        best, status = replace(best, polarity="barrier"), "current"
    return (replace(best, status=status, holder="hcp", evidence=Evidence(None, None, words), annotator="scale"),)


def _chosen_channels(question: str, answer: str, words: str) -> tuple[ChannelStatement, ...]:
    if not _ABOUT_CHANNELS.search(question):
        return ()
    stance: Stance = "avoids" if _UNWANTED.search(question) else "prefers"
    named = [channel for channel, pattern in _CHANNELS.items() if pattern.search(answer.replace("_", " "))]
    return tuple(
        ChannelStatement(channel, stance, CHOICE_PROBABILITY, Evidence(None, None, words), "choice")
        for channel in named
    )
