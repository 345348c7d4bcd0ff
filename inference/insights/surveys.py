"""Survey answers → statements: free text through the model, scales through what their question says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..triage import triage_text
from .annotator import Annotator, safety_annotation
from .statement import Annotation, ChannelStatement, Evidence, Stance, Statement, Status

AGREES_FROM = 0.65
"""Share of the scale from which an answer agrees (5 of 1–7)."""
DISAGREES_TO = 0.35
"""Share of the scale up to which an answer disagrees (3 of 1–7)."""
CHOICE_PROBABILITY = 0.95

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


def read_surveys(rows: Sequence[Mapping[str, str | None]], annotator: Annotator) -> list[Annotation]:
    """One annotation a response; rows have `question`, `answer` and `kind` (free_text where it is missing).

    Free text: the answer is read like a note. Scale: what the question claims holds where the answer agrees, is
    resolved where it disagrees, and says nothing in between. Choice: an answer to a question about channels prefers
    those it names, or avoids them where the question asks for that. Every answer is searched for flags.
    """
    asked = {_statement_part(row["question"]) for row in rows if row.get("kind") == "scale"}
    questions = sorted(asked)
    claims = dict(zip(questions, annotator.annotate(questions), strict=True))
    free = [i for i, row in enumerate(rows) if row.get("kind") in (None, "free_text")]
    read = annotator.annotate([rows[i]["answer"] or "" for i in free], [rows[i].get("brand") for i in free])
    answers = dict(zip(free, read, strict=True))
    return [answers[i] if i in answers else _structured(row, claims) for i, row in enumerate(rows)]


def _structured(row: Mapping[str, str | None], claims: Mapping[str, Annotation]) -> Annotation:
    question, answer = row["question"] or "", row["answer"] or ""
    triaged = triage_text(answer)
    found, words = replace(safety_annotation(triaged), unread=None), f"{question}: {triaged.redacted.text}"
    if row.get("kind") == "scale":
        status = scale_status(question, answer)
        claimed = claims[_statement_part(question)].statements
        return replace(found, statements=_likeliest(claimed, status, words) if status else ())
    return replace(found, channel_statements=_chosen_channels(question, answer, words))


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
    """A scale asks one thing: the likeliest reading of its question."""
    if not claimed:
        return ()
    best = max(claimed, key=lambda statement: statement.probability)
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
