"""What goes to the service and what comes back, as JSON objects; docs/service.md says what each field means."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, NotRequired, TypedDict


class MatchItem(TypedDict):
    """Whom to answer, for which brand; without a channel each module comes with its best allowed one."""

    hcp_id: str
    brand: str
    channel: NotRequired[str | None]
    as_of: NotRequired[date | str | None]
    k: NotRequired[int | None]
    indication: NotRequired[str | None]
    only_answering: NotRequired[bool]


class Evidence(TypedDict):
    """Words that something was learned from; offsets are None where the source is no text."""

    source: str
    id: str
    date: str
    start: int | None
    end: int | None
    text: str


class Approval(TypedDict):
    """Under which approval a module may be shown."""

    id: str | None
    status: str
    approved_at: str | None
    expires_at: str | None


class AddressedNeed(TypedDict):
    """A need that a module answers."""

    topic: str
    polarity: Literal["barrier", "driver"]
    weight: float
    evidence: list[Evidence]


class MatchedModule(TypedDict):
    """A module to show word for word, with its claims and must-use assets."""

    module_id: str
    channel: str
    score: float
    propensity: float
    title: str
    text: str
    claims: list[dict[str, Any]]
    assets: list[dict[str, Any]]
    approval: Approval
    addresses: list[AddressedNeed]
    why: str
    decision_id: str


class Refusal(TypedDict):
    """A topic that is needed, and why modules on it may not be shown."""

    topic: str
    matched: int
    reasons: dict[str, int]


class MatchAnswer(TypedDict):
    """Modules, best first; `suppressed` says why promotion must stop, `blocked` why modules may not be shown."""

    hcp_id: str
    brand: str
    as_of: str
    channel: str | None
    suppressed: str | None
    modules: list[MatchedModule]
    refused: list[Refusal]
    blocked: dict[str, int]


class PhysicianProfile(TypedDict):
    """What is known of a physician and brand, as `hcplens inspect --format json` has it."""

    hcp_id: str
    brand: str | None
    as_of: str
    barriers: list[dict[str, Any]]
    drivers: list[dict[str, Any]]
    channels: list[dict[str, Any]]
    adoption_stage: dict[str, Any] | None
    conflicts: list[dict[str, Any]]
    open_flags: list[dict[str, Any]]


class ToldEvent(TypedDict):
    """A content event; `timestamp` has its offset from UTC."""

    event_id: str
    hcp_id: str
    timestamp: datetime | str
    channel: str
    action: str
    content_id: NotRequired[str | None]
    brand: NotRequired[str | None]
    seconds: NotRequired[float | None]
    decision_id: NotRequired[str | None]


class EventOutcome(TypedDict):
    """What became of an event."""

    event_id: str
    outcome: Literal["accepted", "duplicate", "conflict"]
