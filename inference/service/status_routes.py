"""How the service is: `/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import orjson
from fastapi import APIRouter, Depends, Response

from ...errors import HcplensError
from .authentication import needs
from .context import ServiceContext
from .examples import NOT_READY, READY, json_content
from .problems import responses
from .roles import Permission

_SECONDS_KNOWN = 1.0
"""How long the store's state is taken for known: anybody may ask, and each look is a write."""


def status_routes(service: ServiceContext) -> APIRouter:
    """The routes for who runs the service."""
    router = APIRouter(tags=["status"])
    store = _StoreState(service)

    @router.get("/healthz", summary="The process lives")
    async def health() -> dict[str, str]:
        """Says so without looking at anything."""
        return {"status": "ok"}

    @router.get(
        "/readyz",
        response_class=Response,
        responses={
            200: json_content("Ready.", READY),
            503: json_content("Not ready.", NOT_READY),
        },
        summary="Requests can be answered",
    )
    async def ready() -> Response:
        """Which run and catalogue answer, and whether events can be stored; says if newer files could not be read."""
        writable = await store.is_writable()
        body = {"status": "ready" if writable else "not ready", "store": "writable" if writable else "not writable"}
        return Response(orjson.dumps({**body, **_loaded(service)}), 200 if writable else 503, None, "application/json")

    @router.get(
        "/metrics",
        dependencies=[Depends(needs(Permission.READ_METRICS))],
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text."},
            **responses(401, 403, 429, 503),
        },
        summary="Counters for Prometheus",
    )
    async def metrics() -> Response:
        """Requests, their times, refusals, matches, events, loads, and the process."""
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4")

    return router


def _loaded(service: ServiceContext) -> Mapping[str, str | int]:
    snapshot = service.engine.snapshot
    return {
        "run": snapshot.run_digest[:12],
        "catalogue": snapshot.catalogue_digest[:12],
        "as_of": snapshot.as_of.isoformat(),
        "modules": len(snapshot.modules),
        "loaded_at": snapshot.loaded_at.isoformat(timespec="seconds"),
        "newer_files": "not readable, standard error says why" if service.engine.failure else "none",
    }


class _StoreState:
    """Whether the store takes writes, looked at once a second at most."""

    def __init__(self, service: ServiceContext) -> None:
        self._service = service
        self._known: tuple[float, bool] | None = None
        self._looking = asyncio.Lock()

    async def is_writable(self) -> bool:
        """By an empty write; one at a time, so that however many ask, events find threads."""
        async with self._looking:
            if self._known is None or time.monotonic() - self._known[0] > _SECONDS_KNOWN:
                found = await self._service.store_soon(self._try)
                self._known = time.monotonic(), found
            return self._known[1]

    def _try(self) -> bool:
        try:
            self._service.store.add_events(())
        except HcplensError as e:
            self._service.log.failure("store_failed", e)
            return False
        return True
