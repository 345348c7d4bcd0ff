"""What requests hold. Answers of the matcher are written out as they are; their shape stands in `examples`."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from .store.events import Brand, Channel, ContentEvent, EventOutcome, Identifier

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days are counted from and to, which ends where the calendar does."""


class MatchRequest(BaseModel):
    """Whom to answer, for which brand, and through which channel."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"hcp_id": "T001", "brand": "Dermiqo", "channel": "email", "k": 3}},
    )

    hcp_id: Identifier = Field(description="The physician.")
    brand: Brand
    channel: Channel | None = Field(None, description="Without one, each module comes with its best allowed channel.")
    as_of: date | None = Field(
        None, ge=_FIRST_DAY, le=_LAST_DAY, description="The day of showing; today (UTC) where it is left out."
    )
    k: int = Field(5, ge=1, le=1000, strict=True, description="Modules at most.")
    indication: Identifier | None = Field(None, description="An id: modules for another one are left out.")


class BatchRequest(BaseModel):
    """Many questions; one line of the answer each, in their order."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {"items": [{"hcp_id": "T001", "brand": "Dermiqo"}, {"hcp_id": "T002", "brand": "Dermiqo"}]}
        },
    )

    items: tuple[MatchRequest, ...] = Field(min_length=1)


class EventsRequest(BaseModel):
    """Exposures and outcomes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
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

    events: tuple[ContentEvent, ...] = Field(min_length=1)


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
