"""Decisions as rows of the store: one row an answer, each decision once."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .moments import microseconds_now

if TYPE_CHECKING:
    from ...matching import Decision

_PAGE = 200
_LEVEL = 1  # 300 answers a second: higher levels cost thrice the time and save a tenth of the room


def insert_answer(connection: sqlite3.Connection, decisions: Sequence[Decision]) -> None:
    """Store the decisions of an answer that are not stored yet; a question asked again has the same ones."""
    new = [decision.to_json() for decision in decisions if _is_new(connection, decision.decision_id)]
    if new:
        text = json.dumps(new, ensure_ascii=False, separators=(",", ":"))
        connection.execute(
            "INSERT INTO answers (logged_at, decisions) VALUES (?, ?)",
            (microseconds_now(), zlib.compress(text.encode(), _LEVEL)),
        )


def select_answers(connection: sqlite3.Connection, after: int) -> list[tuple[int, bytes]]:
    """A page of answers, each with its place, from after the place `after`."""
    return connection.execute(
        "SELECT arrival, decisions FROM answers WHERE arrival > ? ORDER BY arrival LIMIT ?", (after, _PAGE)
    ).fetchall()


def unpacked(decisions: bytes) -> Iterator[Any]:
    """The decisions of a row, as `Decision.to_json` gave them."""
    yield from json.loads(zlib.decompress(decisions))


def _is_new(connection: sqlite3.Connection, decision_id: str) -> bool:
    found = connection.execute("INSERT OR IGNORE INTO decision_ids VALUES (?)", (decision_id,))
    return found.rowcount == 1
