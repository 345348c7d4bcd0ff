"""What went wrong, as every answer of the service says it: `{"error": {"code", "message", "field"?}}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from ...errors import InputError
from ..records.surrogates import escaped

_SHOWN = 60
"""Characters of a wrong value that are shown to whoever sent it."""
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


class ServiceError(Exception):
    """A request that is refused; the message is for the caller and never reaches a log.

    Attributes:
        status: of HTTP.
        code: one word that programs may rely on.
        field: of the request that is at fault, such as `items.3.hcp_id`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = dict(headers or {})

    def to_json(self) -> dict[str, Any]:
        """The error's JSON object."""
        found = {"code": self.code, "message": escaped(self.message)}
        return {"error": found | ({"field": escaped(self.field)} if self.field else {})}

    def response(self) -> Response:
        """The whole answer."""
        return Response(orjson.dumps(self.to_json()), self.status, self.headers, "application/json")


class ProblemDetail(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "not_found", "message": "no such physician"}})

    code: str = Field(description="One word that programs may rely on.")
    message: str = Field(description="What is wrong and what to do.")
    field: str | None = Field(None, description="The field at fault.")


class Problem(BaseModel):
    """The body of every answer that is no success."""

    error: ProblemDetail


def answer_errors_as_problems(app: FastAPI) -> None:
    """Whatever a route raises becomes a `Problem`."""
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(InputError, _input)
    app.add_exception_handler(Exception, _unexpected)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problems of these statuses, as OpenAPI has them."""
    return {status: {"model": Problem, "description": _DESCRIPTIONS[status]} for status in statuses}


_DESCRIPTIONS = {
    400: "The body is no JSON.",
    401: "No key, or one that is unknown or revoked.",
    403: "The key's role may not do this, or the physician is not assigned to the representative.",
    404: "Nothing of that name.",
    408: "The body took too long to arrive.",
    409: "An event of that id was told before with another content.",
    413: "The body is larger than allowed.",
    422: "A field is wrong; `field` names it.",
    429: "Too much at once, or too often; come again after Retry-After seconds.",
    503: "The store does not take or give what is needed; come again after Retry-After seconds.",
}


def invalid(errors: Sequence[Any]) -> ServiceError:
    """What validation found first: the field, the value and what is wrong with it."""
    first = errors[0]
    field = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    if first["type"] == "missing":
        return ServiceError(422, "invalid", f"{field} is missing", field=field)
    if first["type"] == "json_invalid":
        return ServiceError(400, "bad_request", "the body is no JSON")
    shown = repr(first.get("input"))[:_SHOWN]
    return ServiceError(422, "invalid", f"{field} is {shown}: {first['msg']}", field=field)


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ServiceError):
        raise error
    return error.response()


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return invalid(error.errors()).response()


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = _CODES.get(error.status_code, "refused")
    return ServiceError(error.status_code, code, str(error.detail), headers=error.headers).response()


async def _input(request: Request, error: Exception) -> Response:
    return ServiceError(422, "invalid", str(error)).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    return unexpected().response()


def unexpected() -> ServiceError:
    """An error of ours: what happened is in the log, under the request's id."""
    return ServiceError(500, "internal", "something went wrong here; the log has it under the request's id")


def busy() -> ServiceError:
    """As much is under way as may be."""
    message = "as many requests as may wait are waiting: come again in 1 s"
    return ServiceError(429, "busy", message, headers={"Retry-After": "1"})


def unavailable() -> ServiceError:
    """The store does not take what must be kept."""
    message = "what must be kept cannot be stored now; nothing of this request counts: try again later"
    return ServiceError(503, "unavailable", message, headers={"Retry-After": "5"})


def unknown_caller() -> ServiceError:
    """The store does not say who has which key."""
    message = "keys cannot be looked up now; nothing of this request counts: try again later"
    return ServiceError(503, "unavailable", message, headers={"Retry-After": "5"})
