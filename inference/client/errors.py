"""What the service refuses, by what a caller can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import HcplensError
from .shapes import EventOutcome


class ClientError(HcplensError):
    """The service did not do what was asked.

    Attributes:
        status: of HTTP; None where no answer came.
        code: one word that programs may rely on.
        message: what is wrong and what to do.
        field: of the request that is at fault, such as `items.3.hcp_id`; None where none is.
    """

    def __init__(self, status: int | None, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{message} ({code})")
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class InvalidRequestError(ClientError):
    """A value, or the size of the request, is wrong: asked again, it is refused again."""


class NotAuthorizedError(ClientError):
    """The key is unknown or revoked, or its role may not do this."""


class NotFoundError(ClientError):
    """Nothing of that name."""


class ConflictError(ClientError):
    """Events differ from others of the same id that were told before; these stand, and all other events are kept.

    Attributes:
        outcomes: of all events, in their order.
    """

    outcomes: Sequence[EventOutcome] = ()


class UnavailableError(ClientError):
    """No answer, or one that says to come again, however often it was tried."""


_KINDS: Mapping[int, type[ClientError]] = {
    400: InvalidRequestError,
    401: NotAuthorizedError,
    403: NotAuthorizedError,
    404: NotFoundError,
    408: UnavailableError,
    409: ConflictError,
    413: InvalidRequestError,
    422: InvalidRequestError,
    429: UnavailableError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


def client_error(status: int, body: object) -> ClientError:
    """The error of an answer; something between us and the service may have answered in another shape."""
    error: Any = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        error = {}
    code, field = str(error.get("code", "unknown")), error.get("field")
    message = str(error.get("message", f"status {status} without a reason: is this the address of the service?"))
    return _KINDS.get(status, ClientError)(status, code, message, str(field) if field is not None else None)
