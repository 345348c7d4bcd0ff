"""Content events as other systems tell them, one by one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from ...records.schemas import ACTIONS, CHANNELS

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_NOT_BLANK = r"\S"
_MOST_FIELDS = 30
"""Of an object that is told; where there are more, it is not asked of each whether it is known."""


class EventOutcome(StrEnum):
    """What became of an event that was told."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """It was told before, word for word."""
    CONFLICT = "conflict"
    """Another event of the same id was told before; that one stands, this one is not stored."""


def _text(longest: int) -> object:
    """Text without the white space around it, as readers of files take it; it cannot be empty."""
    return StringConstraints(strip_whitespace=True, pattern=_NOT_BLANK, max_length=longest)


def _one_of(known: tuple[str, ...]) -> tuple[AfterValidator, WithJsonSchema]:
    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"use one of {', '.join(known)}")
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(known)})


def _written_out(value: object) -> object:
    """Only a date with a time: a bare number could be seconds or milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise ValueError("write it as 2026-03-14T09:30:00Z")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as e:
        raise ValueError("too near to the first or the last year there is") from e


Identifier = Annotated[str, _text(200)]
Brand = Annotated[str, _text(100)]
Channel = Annotated[str, *_one_of(CHANNELS)]
Action = Annotated[str, *_one_of(ACTIONS)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class ToldObject(BaseModel):
    """An object from outside: it has the fields named and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _has_few_fields(cls, value: object) -> object:
        if isinstance(value, dict) and len(value) > _MOST_FIELDS:
            raise ValueError(f"{len(value):,} fields are too many")
        return value


class ContentEvent(ToldObject):
    """What a physician did with a piece of content, or what was done to reach them.

    Attributes:
        event_id: the sender's own; told again with the same content it counts once.
        hcp_id: the physician.
        timestamp: with its offset from UTC; kept in UTC.
        channel: one of `records.schemas.CHANNELS`.
        action: one of `records.schemas.ACTIONS`.
        content_id: the module, where there is one.
        brand: where there is one.
        seconds: how long the physician looked.
        decision_id: the recommendation that led to it, where that is known.
    """

    event_id: Identifier
    hcp_id: Identifier
    timestamp: Moment
    channel: Channel
    action: Action
    content_id: Identifier | None = None
    brand: Brand | None = None
    seconds: Seconds | None = None
    decision_id: Identifier | None = None
