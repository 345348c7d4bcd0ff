"""Who asks: `Authorization: Bearer KEY`, what the key's role may do, and how often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ...errors import HcplensError
from .metrics import Metrics
from .problems import ServiceError, unknown_caller
from .rate_limit import RateLimit
from .request_log import ServiceLog
from .roles import Permission, Principal
from .store import ServiceStore

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/openapi.json"})
"""What anybody may read."""

bearer = HTTPBearer(auto_error=False, description="A key that `hcplens keys add` printed.")


class Authentication:
    """An ASGI layer: nothing but the open paths is reached without a key, and a key not more often than it may."""

    def __init__(self, app: ASGIApp, store: ServiceStore, rates: RateLimit, metrics: Metrics, log: ServiceLog) -> None:
        self._app = app
        self._store = store
        self._rates = rates
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find who asks, or refuse."""
        if scope["type"] == "http" and not _is_open(scope):
            try:
                principal = self._principal(Headers(scope=scope).get("authorization", ""))
                scope.setdefault("state", {})["principal"] = principal
                self._rates.enter(principal.key_id)
            except ServiceError as e:
                self._metrics.refused(e.code)
                await e.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _principal(self, authorization: str) -> Principal:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _unauthenticated("send a key as `Authorization: Bearer KEY`")
        try:
            principal = self._store.principal(secret.strip())
        except HcplensError as e:
            self._log.failure("store_failed", e)
            raise unknown_caller() from e
        if principal is None:
            raise _unauthenticated("this key is unknown or revoked")
        return principal


def _is_open(scope: Scope) -> bool:
    """Whatever has a body needs a key: without one nobody makes us wait for it or keep it."""
    return scope["path"] in OPEN_PATHS and scope["method"] in ("GET", "HEAD")


def _unauthenticated(message: str) -> ServiceError:
    return ServiceError(401, "unauthenticated", message, headers={"WWW-Authenticate": "Bearer"})


async def caller(request: Request, _: object = Security(bearer)) -> Principal:
    """Who asks; asynchronous, as FastAPI runs other dependencies in threads."""
    principal = request.state.principal
    if not isinstance(principal, Principal):
        raise _unauthenticated("send a key as `Authorization: Bearer KEY`")
    return principal


Caller = Annotated[Principal, Depends(caller)]


def needs(permission: Permission) -> Callable[..., Awaitable[None]]:
    """What a route depends on: the caller's role has the permission."""

    async def check(principal: Caller) -> None:
        if not principal.may(permission):
            raise ServiceError(403, "forbidden", f"a key of role {principal.role} may not {_WORDS[permission]}")

    return check


_WORDS = {
    Permission.MATCH: "ask for matches",
    Permission.MATCH_BATCH: "ask for matches in batches",
    Permission.READ_HCP: "read profiles of physicians",
    Permission.READ_MODULE: "read modules",
    Permission.WRITE_EVENTS: "write events",
    Permission.READ_METRICS: "read metrics",
}
