"""The words of a simulated note: made from a stock of phrases, and never twice the same of one matter.

They carry the labels and nothing else. Whoever reads them reads the stock: they must not be used to train or to measure
the reading of notes.
"""

from __future__ import annotations

from dataclasses import dataclass

_LEADS = (
    "today",
    "this time",
    "over coffee",
    "at the desk",
    "in the corridor",
    "between two appointments",
    "after clinic",
    "before the ward round",
    "near the end",
    "right at the start",
    "when asked",
    "in passing",
)
_TAILS = ("", ", in so many words", ", said twice", ", told calmly", ", with a shrug", ", with some force")
VARIANTS = len(_LEADS) * len(_TAILS)

_CLAUSES = {
    ("barrier", "current"): "{topic} holds the physician back",
    ("driver", "current"): "{topic} speaks for {brand}",
    ("barrier", "resolved"): "{topic} is no longer in the way",
    ("driver", "resolved"): "{topic} no longer speaks for {brand}",
    ("barrier", "hypothetical"): "{topic} might hold the physician back one day",
    ("driver", "hypothetical"): "{topic} might speak for {brand} one day",
}
_VOICES = {"hcp": "{}", "other": "a colleague thinks {}", "rep": "my guess is that {}"}
_STANCES = {"prefers": "would rather be reached by {}", "avoids": "does not want to be reached by {}"}


@dataclass(frozen=True)
class Words:
    """A note's text, and where each thing said stands in it: [start, end) in the order they were said."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, opening: str, things: list[str]) -> Words:
        """The opening sentence, then a sentence each."""
        text, spans = f"{opening}.", []
        for thing in things:
            spans.append((len(text) + 1, len(text) + 1 + len(thing)))
            text += f" {thing}."
        return cls(text, tuple(spans))


def statement(topic: str, brand: str, polarity: str, status: str, holder: str, variant: int) -> str:
    """One statement as a clause; another variant, another wording."""
    clause = _CLAUSES[polarity, status].format(topic=topic.lower(), brand=brand)
    return _varied(_VOICES[holder].format(clause), variant)


def wish(channel: str, stance: str, variant: int) -> str:
    """A stance on a channel as a clause."""
    return _varied(_STANCES[stance].format(channel.replace("_", " ")), variant)


def _varied(clause: str, variant: int) -> str:
    lead, tail = _LEADS[variant % len(_LEADS)], _TAILS[variant // len(_LEADS) % len(_TAILS)]
    return f"{lead.capitalize()} {clause}{tail}"
