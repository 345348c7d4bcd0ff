"""Tables of the store.

Moments are microseconds since 1970 in UTC. A step that was released is never changed: what comes later is a new one.
"""

from __future__ import annotations

APPLICATION_ID = int.from_bytes(b"hcpl")
"""Tells our files from other SQLite files."""

SCHEMA_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE keys (
            key_id TEXT PRIMARY KEY,
            secret_sha256 BLOB NOT NULL,
            role TEXT NOT NULL,
            rep_id TEXT,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            revoked_at INTEGER
        )""",
        """CREATE TABLE events (
            arrival INTEGER PRIMARY KEY,
            event_id TEXT NOT NULL UNIQUE,
            hcp_id TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            channel TEXT NOT NULL,
            action TEXT NOT NULL,
            content_id TEXT,
            brand TEXT,
            seconds REAL,
            decision_id TEXT,
            received_at INTEGER NOT NULL
        )""",
        # decisions of one answer that were new when it came, as JSON pressed by zlib
        """CREATE TABLE answers (
            arrival INTEGER PRIMARY KEY,
            logged_at INTEGER NOT NULL,
            decisions BLOB NOT NULL
        )""",
        "CREATE TABLE decision_ids (decision_id TEXT PRIMARY KEY) WITHOUT ROWID",
    ),
)
