"""What to say next: `POST /v1/match` and `POST /v1/match/batch`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from ...errors import HcplensError, InputError
from ..matching import Answer
from .authentication import Caller, needs
from .bodies import BatchRequest, MatchRequest
from .context import ServiceContext
from .examples import BATCH_LINES, MATCH_ANSWER, json_content, ndjson_content
from .problems import ServiceError, responses, unavailable, unexpected
from .roles import Permission, Principal
from .snapshot import Snapshot


def match_routes(service: ServiceContext) -> APIRouter:
    """The routes of matching."""
    router = APIRouter(prefix="/v1/match", tags=["matching"])

    @router.post(
        "",
        dependencies=[Depends(needs(Permission.MATCH))],
        response_class=Response,
        responses={
            200: json_content("The answer.", MATCH_ANSWER),
            **responses(400, 401, 403, 404, 408, 413, 422, 429, 503),
        },
        summary="Approved modules for a physician and brand",
    )
    async def match(body: MatchRequest, request: Request, principal: Caller) -> Response:
        """Modules verbatim, best first, each with its reasons; what was refused and why; why promotion must stop."""
        answer = await service.compute(partial(_answer, service, service.engine.snapshot, principal, body))
        request.state.counts = {"items": 1}
        return Response(answer, media_type="application/json")

    @router.post(
        "/batch",
        dependencies=[Depends(needs(Permission.MATCH_BATCH))],
        response_class=StreamingResponse,
        responses={
            200: ndjson_content("A line an item: its answer, or its error.", BATCH_LINES),
            **responses(400, 401, 403, 408, 413, 422, 429, 503),
        },
        summary="Many physicians and brands, streamed",
    )
    async def match_batch(body: BatchRequest, request: Request, principal: Caller) -> StreamingResponse:
        """One JSON object a line, in the order of the items; what is wrong with one item is said in its line."""
        count, most = len(body.items), service.settings.max_batch
        if count > most:
            raise ServiceError(413, "too_many", f"{count:,} items are more than {most:,}: send fewer", field="items")
        service.rates.charge(principal.key_id, count - 1)
        request.state.counts = {"items": count}
        lines = _lines(service, principal, body, request.state.request_id)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    return router


async def _lines(
    service: ServiceContext, principal: Principal, body: BatchRequest, request_id: str
) -> AsyncIterator[bytes]:
    """Each line is computed when the one before was taken; all are of one snapshot."""
    snapshot = service.engine.snapshot
    for number, item in enumerate(body.items):
        work = partial(_answer, service, snapshot, principal, item, f"items.{number}.")
        try:
            line = await service.compute(work)
        except ServiceError as e:
            line = orjson.dumps(e.to_json())
        except Exception as e:  # the other items are answered all the same
            service.log.failure("failed", e, request_id=request_id)
            line = orjson.dumps(unexpected().to_json())
        yield line + b"\n"


def _answer(
    service: ServiceContext, snapshot: Snapshot, principal: Principal, item: MatchRequest, within: str = ""
) -> bytes:
    """The answer as JSON; its decisions are on their way to the store."""
    snapshot.assignments.require(principal, item.hcp_id, f"{within}hcp_id")
    snapshot.require_physician(item.hcp_id, f"{within}hcp_id")
    snapshot.require_brand(item.brand, f"{within}brand")
    if item.k > service.settings.max_k:
        most = service.settings.max_k
        raise ServiceError(422, "invalid", f"{within}k is {item.k}: at most {most}", field=f"{within}k")
    try:
        answer = snapshot.matcher.match(
            item.hcp_id,
            item.brand,
            channel=item.channel,
            as_of=item.as_of or datetime.now(UTC).date(),
            k=item.k,
            log=True,
            indication=item.indication,
            only_answering=item.only_answering,
        )
    except InputError as e:
        raise ServiceError(422, "invalid", str(e)) from e
    _keep(service, answer)
    return orjson.dumps(answer.to_json())


def _keep(service: ServiceContext, answer: Answer) -> None:
    """What was chosen must be known later: an answer whose decisions cannot be kept is not given."""
    try:
        service.store.add_decisions(answer.decisions)
    except HcplensError as e:
        service.log.failure("store_failed", e)
        raise unavailable() from e
    service.metrics.matched("suppressed" if answer.suppressed else "modules" if answer.modules else "nothing")
