"""What one note says, clause by clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ...prompts import Polarity
from ..triage import Identifier

Status = Literal["current", "resolved", "hypothetical"]
Holder = Literal["hcp", "other", "rep"]
Stance = Literal["prefers", "avoids"]

Use = Literal["unaware", "considering", "trial", "adopter", "advocate", "lapsed"]

STATUSES: tuple[Status, ...] = ("current", "resolved", "hypothetical")
HOLDERS: tuple[Holder, ...] = ("hcp", "other", "rep")
STANCES: tuple[Stance, ...] = ("prefers", "avoids")
USES: tuple[Use, ...] = ("unaware", "considering", "trial", "adopter", "advocate", "lapsed")


@dataclass(frozen=True)
class Evidence:
    """The words a claim rests on: `text` is the original's [start, end), placeholders in place of identifiers.

    `start` and `end` are None where the words are no piece of the text (a picklist's value, a scale's question).
    """

    start: int | None
    end: int | None
    text: str
    masked: bool = False

    def to_json(self) -> dict[str, Any]:
        """The evidence fields of an annotated note; `masked` only where it is true."""
        fields: dict[str, Any] = {"start": self.start, "end": self.end, "evidence": self.text}
        return fields | {"masked": True} if self.masked else fields


@dataclass(frozen=True)
class Statement:
    """A topic moves the physician towards prescribing (driver) or holds them back (barrier)."""

    topic: str
    polarity: Polarity
    status: Status
    holder: Holder
    probability: float
    evidence: Evidence
    annotator: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a note may state once."""
        return (self.topic, self.polarity, self.status, self.holder)

    def to_json(self) -> dict[str, Any]:
        """One element of `insights`."""
        return {
            "topic": self.topic,
            "polarity": self.polarity,
            "status": self.status,
            "holder": self.holder,
            "probability": round(self.probability, 4),
            **self.evidence.to_json(),
            "source": self.annotator,
        }


@dataclass(frozen=True)
class ChannelStatement:
    """The physician says which channel they want to be reached through, or not."""

    channel: str
    stance: Stance
    probability: float
    evidence: Evidence
    annotator: str

    @property
    def key(self) -> tuple[str, str]:
        """What a note may state once."""
        return (self.channel, self.stance)

    def to_json(self) -> dict[str, Any]:
        """One element of `channel_preferences`."""
        return {
            "channel": self.channel,
            "stance": self.stance,
            "probability": round(self.probability, 4),
            **self.evidence.to_json(),
        }


@dataclass(frozen=True)
class UseStatement:
    """How far the physician uses the brand: `use` is the likeliest of USES, `shares` the probability of each.

    The shares add up to 1 less the probability that the text says nothing of it.
    """

    use: Use
    shares: tuple[float, ...]
    evidence: Evidence
    annotator: str

    @property
    def probability(self) -> float:
        """Of the likeliest."""
        return self.shares[USES.index(self.use)]

    def to_json(self) -> dict[str, Any]:
        """`use` of an annotated note."""
        return {"use": self.use, "probability": round(self.probability, 4), **self.evidence.to_json()}


@dataclass(frozen=True)
class Flag:
    """Something a person must look at, whatever else the note says."""

    kind: str
    probability: float
    evidence: Evidence
    detector: str

    def to_json(self) -> dict[str, Any]:
        """One element of `flags`."""
        return {"kind": self.kind, "probability": round(self.probability, 4), **self.evidence.to_json()}


@dataclass(frozen=True)
class Annotation:
    """Everything read out of one text; `unread` says why nothing but the safety rules was applied, if so."""

    statements: tuple[Statement, ...] = ()
    channel_statements: tuple[ChannelStatement, ...] = ()
    flags: tuple[Flag, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    use: UseStatement | None = None
    unread: str | None = None

    def to_json(self, note_id: str) -> dict[str, Any]:
        """One line of what `annotate` writes."""
        record: dict[str, Any] = {
            "note_id": note_id,
            "insights": [statement.to_json() for statement in self.statements],
            "channel_preferences": [statement.to_json() for statement in self.channel_statements],
            "flags": [flag.to_json() for flag in self.flags],
            "redactions": [{"kind": i.kind, "start": i.start, "end": i.end} for i in self.identifiers],
        }
        told = {"use": self.use.to_json()} if self.use else {}
        return record | told | ({"unread": self.unread} if self.unread else {})
