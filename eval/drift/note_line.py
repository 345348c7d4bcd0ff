"""One line of a file of notes, whoever wrote it: labelled, annotated, or plain."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    evidence: str = ""
    probability: float | None = None


class _Statement(_Read):
    topic: str
    polarity: str

    @property
    def label(self) -> str:
        return f"{self.topic} {self.polarity}"


class _Wish(_Read):
    channel: str
    stance: str

    @property
    def label(self) -> str:
        return f"{self.channel} {self.stance}"


class _Flag(_Read):
    kind: str

    @property
    def label(self) -> str:
        return self.kind


class NoteLine(BaseModel):
    """A note; a field is None where the file does not have it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    note_id: str
    annotator: str | None = None
    hcp_id: str | None = None
    date: datetime.date | None = None
    text: str | None = None
    channel: str | None = None
    brand: str | None = None
    country: str | None = None
    rep_id: str | None = None
    unread: str | None = None
    insights: tuple[_Statement, ...] | None = None
    channel_preferences: tuple[_Wish, ...] | None = None
    flags: tuple[_Flag, ...] | None = None
