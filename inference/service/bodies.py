"""What requests hold. Answers of the matcher are written out as they are; their shape stands in `examples`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field

from .store.events import Brand, Channel, ContentEvent, EventOutcome, Identifier, ToldObject

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days are counted from and to, which ends where the calendar does."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Told = TypeVar("Told")
Some = Annotated[tuple[Told, ...], FailFast()]
"""One or more; the first that is wrong is the one that is said, so that no more are looked at."""


def _written_out(value: object) -> object:
    """Only a day as it is written: a number would be seconds, or milliseconds."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("write it as 2026-03-14")


Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]


class MatchRequest(ToldObject):
    """Whom to answer, for which brand, and through which channel."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"hcp_id": "T001", "brand": "Dermiqo", "channel": "email", "k": 3}},
    )

    hcp_id: Identifier = Field(description="The physician.")
    brand: Brand
    channel: Channel | None = Field(None, description="Without one, each module comes with its best allowed channel.")
    as_of: Annotated[Day | None, BeforeValidator(_written_out)] = Field(
        None, description="The day of showing; today (UTC) where it is left out."
    )
    k: int = Field(5, ge=1, le=1000, strict=True, description="Modules at most; the service gives 50 and no more.")
    indication: Identifier | None = Field(None, description="An id: modules for another one are left out.")
    only_answering: bool = Field(False, strict=True, description="Leave out modules that answer none of the needs.")


class BatchRequest(ToldObject):
    """Many questions; one line of the answer each, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"items": [{"hcp_id": "T001", "brand": "Dermiqo"}, {"hcp_id": "T002", "brand": "Dermiqo"}]}
        },
    )

    items: Some[MatchRequest] = Field(min_length=1)


class EventsRequest(ToldObject):
    """Exposures and outcomes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "events": [
                    {
                        "event_id": "mail-20261001-17",
                        "hcp_id": "T001",
                        "timestamp": "2026-10-01T09:30:00Z",
                        "channel": "email",
                        "action": "clicked",
                        "content_id": "DER-COV-01",
                        "brand": "Dermiqo",
                        "decision_id": "0123456789abcdef0123456789abcdef",
                    }
                ]
            }
        },
    )

    events: Some[ContentEvent] = Field(min_length=1)


class EventResult(BaseModel):
    """What became of one event."""

    event_id: str
    outcome: EventOutcome


class EventsAnswer(BaseModel):
    """What became of the events, in their order; all that is not a conflict is on disk."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"events": [{"event_id": "mail-20261001-17", "outcome": "accepted"}]}}
    )

    events: tuple[EventResult, ...]
