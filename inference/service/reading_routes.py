"""What is known: `GET /v1/hcps/{hcp_id}` and `GET /v1/modules/{module_id}`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import orjson
from fastapi import APIRouter, Depends, Response

from .authentication import Caller, needs
from .context import ServiceContext
from .examples import MODULE, PHYSICIAN, json_content
from .problems import responses
from .roles import Permission
from .snapshot import Snapshot


def reading_routes(service: ServiceContext) -> APIRouter:
    """The routes that read."""
    router = APIRouter(prefix="/v1", tags=["reading"])

    @router.get(
        "/hcps/{hcp_id:path}",
        dependencies=[Depends(needs(Permission.READ_HCP))],
        response_class=Response,
        responses={200: json_content("An object a brand.", PHYSICIAN), **responses(401, 403, 404, 422, 429, 503)},
        summary="What drives and what holds back a physician",
    )
    async def physician(hcp_id: str, principal: Caller) -> Response:
        """What `hcplens inspect --format json` says of the physician, an object for each brand."""
        snapshot = service.engine.snapshot
        snapshot.assignments.require(principal, hcp_id, "hcp_id")
        snapshot.require_physician(hcp_id, "hcp_id")
        return Response(await service.compute(partial(_view, snapshot, hcp_id)), media_type="application/json")

    @router.get(
        "/modules/{module_id:path}",
        dependencies=[Depends(needs(Permission.READ_MODULE))],
        response_class=Response,
        responses={200: json_content("The module.", MODULE), **responses(401, 403, 404, 422, 429, 503)},
        summary="A module of the catalogue",
    )
    async def module(module_id: str) -> Response:
        """The module as the catalogue has it, whether or not it may be shown today."""
        return Response(service.engine.snapshot.module(module_id), media_type="application/json")

    return router


def _view(snapshot: Snapshot, hcp_id: str) -> bytes:
    """What the run says, with the consent of now: who unsubscribed since must not look reachable."""
    still_open = snapshot.matcher.open_channels(hcp_id, datetime.now(UTC).date())
    views = snapshot.views.of(hcp_id)
    for view in views:
        for channel in view["channels"]:
            channel["consented"] = channel["channel"] in still_open
    return orjson.dumps(views)
