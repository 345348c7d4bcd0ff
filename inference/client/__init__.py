"""A typed client of the service."""

from ...retries import Retries
from .client import BatchAnswer, Client
from .errors import (
    ClientError,
    ConflictError,
    InvalidRequestError,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
)
from .shapes import EventOutcome, MatchAnswer, MatchedModule, MatchItem, PhysicianProfile, ToldEvent

__all__ = [
    "BatchAnswer",
    "Client",
    "ClientError",
    "ConflictError",
    "EventOutcome",
    "InvalidRequestError",
    "MatchAnswer",
    "MatchItem",
    "MatchedModule",
    "NotAuthorizedError",
    "NotFoundError",
    "PhysicianProfile",
    "Retries",
    "ToldEvent",
    "UnavailableError",
]
