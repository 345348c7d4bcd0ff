"""Keys: the secret is shown once, and only a digest of it stays.

A secret has 256 random bits, so nobody guesses it from its SHA-256, however fast that is computed: the slow digests
that passwords need would only slow each request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from ....errors import InputError
from ..roles import Principal, Role
from .moments import from_microseconds, microseconds_now, to_microseconds

_SECRET = re.compile(r"hcpl_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_LONGEST = 200
_COLUMNS = "key_id, role, name, rep_id, created_at, revoked_at"


@dataclass(frozen=True)
class KeyRecord:
    """A key without its secret; `revoked_at` is None while it holds."""

    key_id: str
    role: Role
    name: str
    rep_id: str | None
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class HeldKey:
    """Who has a key that holds, and the digest by which it is known."""

    principal: Principal
    sha256: bytes = field(repr=False)

    def opened_by(self, secret: str) -> bool:
        """Whether this is its secret; takes as long whichever byte differs."""
        return hmac.compare_digest(self.sha256, _sha256(secret))


def key_id_of(secret: str) -> str | None:
    """The id within a secret; None if it is not written like one."""
    found = _SECRET.fullmatch(secret)
    return found[1] if found else None


def new_key(role: Role, name: str, rep_id: str | None) -> tuple[KeyRecord, str]:
    """A key and its secret, not yet stored.

    Raises:
        InputError: no name, a rep without an id, an id without a rep, or either too long.
    """
    name, rep_id = name.strip(), rep_id.strip() if rep_id is not None else None
    if not name or len(name) > _LONGEST:
        raise InputError(f"name {name[:40]!r}: say in 1 to {_LONGEST} characters who the key is for")
    if role is Role.REP and not rep_id:
        raise InputError("a key of the role rep needs the rep's id: it opens the physicians assigned to that rep")
    if role is not Role.REP and rep_id is not None:
        raise InputError(f"rep id {rep_id[:40]!r}: only a key of the role rep has one, not one of the role {role}")
    if rep_id and len(rep_id) > _LONGEST:
        raise InputError(f"rep id {rep_id[:40]!r}…: at most {_LONGEST} characters")
    key_id = secrets.token_hex(6)
    created_at = from_microseconds(microseconds_now())
    return KeyRecord(key_id, Role(role), name, rep_id, created_at), f"hcpl_{key_id}_{secrets.token_urlsafe(32)}"


def insert_key(connection: sqlite3.Connection, name: str, role: Role, rep_id: str | None) -> tuple[KeyRecord, str]:
    """Store a new key; raises what `new_key` raises."""
    record, secret = new_key(role, name, rep_id)
    connection.execute(
        f"INSERT INTO keys ({_COLUMNS}, secret_sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            record.key_id,
            str(role),
            record.name,
            record.rep_id,
            to_microseconds(record.created_at),
            None,
            _sha256(secret),
        ),
    )
    return record, secret


def select_keys(connection: sqlite3.Connection) -> list[KeyRecord]:
    """All keys, the oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created_at, key_id")
    return [
        KeyRecord(
            key_id,
            Role(role),
            name,
            rep_id,
            from_microseconds(created_at),
            from_microseconds(revoked_at) if revoked_at is not None else None,
        )
        for key_id, role, name, rep_id, created_at, revoked_at in rows
    ]


def select_held(connection: sqlite3.Connection, key_id: str) -> HeldKey | None:
    """The key of that id; None if there is none or it was revoked."""
    row = connection.execute(
        "SELECT role, rep_id, secret_sha256 FROM keys WHERE key_id = ? AND revoked_at IS NULL", (key_id,)
    ).fetchone()
    if row is None:
        return None
    role, rep_id, sha256 = row
    return HeldKey(Principal(key_id, Role(role), rep_id), sha256)


def update_revoked(connection: sqlite3.Connection, key_id: str) -> None:
    """Revoke a key; the moment it was first revoked stands. Raises InputError if there is no such key."""
    found = connection.execute(
        "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE key_id = ?", (microseconds_now(), key_id)
    )
    if not found.rowcount:
        raise InputError(f"there is no key {key_id[:60]!r}: `hcplens keys list` shows the ids")


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
