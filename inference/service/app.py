"""The service as an ASGI application."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp

from ... import __version__
from .admission import Admission
from .answering import Answering
from .authentication import Authentication
from .body_limit import BodyLimit
from .context import ServiceContext
from .event_routes import event_routes
from .match_routes import match_routes
from .problems import answer_errors_as_problems
from .reading_routes import reading_routes
from .status_routes import status_routes

_DESCRIPTION = """Approved message modules for a physician, with the reasons, and what is known of the physician.

Every request but `/healthz` and `/readyz` carries a key, `Authorization: Bearer KEY`. Every answer that is no success
has the shape `{"error": {"code", "message", "field"?}}`."""


def create_app(service: ServiceContext) -> ASGIApp:
    """The routes within the layers: each request is logged, then known, then read, then let in."""
    app: ASGIApp = create_routes(service)
    settings, metrics = service.settings, service.metrics
    app = Admission(app, settings.max_in_flight, metrics)
    app = BodyLimit(app, settings, metrics)
    app = Authentication(app, service.store, service.rates, metrics, service.log)
    return Answering(app, settings.answer_seconds, metrics, service.log)


def create_routes(service: ServiceContext) -> FastAPI:
    """The routes alone, and their OpenAPI description."""
    app = FastAPI(
        title="hcplens",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,  # these pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    for routes in (match_routes, reading_routes, event_routes, status_routes):
        app.include_router(routes(service))
    answer_errors_as_problems(app)
    return app
