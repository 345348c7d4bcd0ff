"""What happened: `POST /v1/events`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import orjson
from fastapi import APIRouter, Depends, Request, Response

from ...errors import HcplensError
from .authentication import Caller, needs
from .bodies import EventResult, EventsAnswer, EventsRequest
from .context import ServiceContext
from .problems import ServiceError, responses, unavailable
from .roles import Permission
from .store import ContentEvent, EventOutcome

_AHEAD = timedelta(days=1)
"""How far clocks may differ, as for files."""


def event_routes(service: ServiceContext) -> APIRouter:
    """The route that takes events."""
    router = APIRouter(prefix="/v1", tags=["events"])

    @router.post(
        "/events",
        dependencies=[Depends(needs(Permission.WRITE_EVENTS))],
        status_code=202,
        response_class=Response,
        responses={
            202: {"model": EventsAnswer, "description": "All events are on disk and count from now on."},
            **responses(400, 401, 403, 408, 409, 413, 422, 429, 503),
        },
        summary="Tell what was sent and what came of it",
    )
    async def tell(body: EventsRequest, request: Request, principal: Caller) -> Response:
        """Told again, an event counts once. If one differs from an earlier one of its id: 409, and the rest is kept."""
        count, most = len(body.events), service.settings.max_batch
        if count > most:
            raise ServiceError(413, "too_many", f"{count:,} events are more than {most:,}: send fewer", field="events")
        _require_past(body.events)
        service.rates.charge(principal.key_id, count - 1)
        outcomes = await service.store_soon(partial(_store, service, body.events))
        counted = Counter(outcomes)
        request.state.counts = {str(outcome): number for outcome, number in counted.items()}
        return _told(body.events, outcomes)

    return router


def _store(service: ServiceContext, events: Sequence[ContentEvent]) -> list[EventOutcome]:
    """Durable first, then known to the matcher."""
    try:
        outcomes = service.store.add_events(events)
    except HcplensError as e:
        service.log.failure("store_failed", e)
        raise unavailable() from e
    kept = [event for event, outcome in zip(events, outcomes, strict=True) if outcome is not EventOutcome.CONFLICT]
    service.engine.observe(kept)
    for outcome in outcomes:
        service.metrics.told(str(outcome))
    return outcomes


def _require_past(events: Sequence[ContentEvent]) -> None:
    latest = datetime.now(UTC) + _AHEAD
    for number, event in enumerate(events):
        if event.timestamp > latest:
            field = f"events.{number}.timestamp"
            raise ServiceError(422, "invalid", f"{field} {event.timestamp} lies in the future", field=field)


def _told(events: Sequence[ContentEvent], outcomes: Sequence[EventOutcome]) -> Response:
    results = tuple(
        EventResult(event_id=event.event_id, outcome=outcome) for event, outcome in zip(events, outcomes, strict=True)
    )
    answer = EventsAnswer(events=results).model_dump(mode="json")
    if EventOutcome.CONFLICT not in outcomes:
        return Response(orjson.dumps(answer), 202, media_type="application/json")
    place = list(outcomes).index(EventOutcome.CONFLICT)
    problem = ServiceError(
        409,
        "conflict",
        f"event {events[place].event_id!r} was told before with another content and is not changed; the rest is kept",
        field=f"events.{place}.event_id",
    )
    return Response(orjson.dumps(problem.to_json() | answer), 409, media_type="application/json")
