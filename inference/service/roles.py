"""Who may ask the service for what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a key is for; each may do no more than its work needs."""

    SERVICE = "service"
    """Another system: matches anybody, tells what happened."""
    ANALYST = "analyst"
    """A person who looks into profiles and matches."""
    REP = "rep"
    """A sales representative: only the physicians assigned to them."""
    ADMIN = "admin"
    """Everything."""


class Permission(StrEnum):
    """What a route does."""

    MATCH = "match"
    MATCH_BATCH = "match_batch"
    READ_HCP = "read_hcp"
    READ_MODULE = "read_module"
    WRITE_EVENTS = "write_events"
    READ_METRICS = "read_metrics"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SERVICE: frozenset(
        {
            Permission.MATCH,
            Permission.MATCH_BATCH,
            Permission.READ_MODULE,
            Permission.WRITE_EVENTS,
            Permission.READ_METRICS,
        }
    ),
    Role.ANALYST: frozenset(
        {Permission.MATCH, Permission.MATCH_BATCH, Permission.READ_HCP, Permission.READ_MODULE},
    ),
    Role.REP: frozenset({Permission.MATCH, Permission.READ_HCP, Permission.READ_MODULE}),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Principal:
    """Who asks: the owner of a key; `rep_id` is set for a rep, and only for a rep."""

    key_id: str
    role: Role
    rep_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the role has the permission; a rep's is limited to the physicians assigned to them besides."""
        return permission in PERMISSIONS[self.role]
