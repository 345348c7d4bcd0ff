"""One line of a file of notes, whoever wrote it: labelled, annotated, or plain."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from ...inference.records.cells import clean_text, iso_date
from ...inference.records.surrogates import replaced


def _required(value: object) -> str:
    text = clean_text(value)
    if text is None:
        raise ValueError("empty, but required")
    return text


def _day(value: object) -> datetime.date | None:
    text = clean_text(value)
    return None if text is None else iso_date(text)


_Name = Annotated[str, BeforeValidator(_required)]
"""An id or another name: numbers too, without blanks around it; half a surrogate pair is an error."""
_OptionalName = Annotated[str | None, BeforeValidator(clean_text)]
_Words = Annotated[str, AfterValidator(replaced)]
"""Words of a note, half a surrogate pair as U+FFFD, so that quotations are found where they stood."""
_Day = Annotated[datetime.date | None, BeforeValidator(_day)]
_Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    evidence: _Words = ""
    probability: _Probability | None = None


class _Statement(_Read):
    topic: _Name
    polarity: _Name

    @property
    def label(self) -> str:
        return f"{self.topic} {self.polarity}"


class _Wish(_Read):
    channel: _Name
    stance: _Name

    @property
    def label(self) -> str:
        return f"{self.channel} {self.stance}"


class _Flag(_Read):
    kind: _Name

    @property
    def label(self) -> str:
        return self.kind


class NoteLine(BaseModel):
    """A note; a field is None where the file does not have it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    note_id: _Name
    annotator: _OptionalName = None
    hcp_id: _OptionalName = None
    date: _Day = None
    text: _Words | None = None
    channel: _OptionalName = None
    brand: _OptionalName = None
    country: _OptionalName = None
    rep_id: _OptionalName = None
    unread: _OptionalName = None
    insights: tuple[_Statement, ...] | None = None
    channel_preferences: tuple[_Wish, ...] | None = None
    flags: tuple[_Flag, ...] | None = None
