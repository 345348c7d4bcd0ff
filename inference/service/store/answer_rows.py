"""Decisions as rows of the store: one row an answer, each decision once."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .moments import microseconds_now

if TYPE_CHECKING:
    from ...matching import Decision

_PAGE = 200
_LEVEL = 1  # 300 answers a second: higher levels cost thrice the time and save a tenth of the room


def insert_answer(connection: sqlite3.Connection, decisions: Sequence[Decision]) -> None:
    """Store the decisions of an answer that are not stored yet; a question asked again has the same ones."""
    new = [decision for decision in decisions if _is_new(connection, decision.decision_id)]
    if new:
        connection.execute(
            "INSERT INTO answers (logged_at, decisions) VALUES (?, ?)", (microseconds_now(), _packed(new))
        )


def select_answers(connection: sqlite3.Connection, after: int) -> list[tuple[int, bytes]]:
    """A page of answers, each with its place, from after the place `after`."""
    return connection.execute(
        "SELECT arrival, decisions FROM answers WHERE arrival > ? ORDER BY arrival LIMIT ?", (after, _PAGE)
    ).fetchall()


def unpacked(decisions: bytes) -> Iterator[Any]:
    """The decisions of a row, as `Decision.to_json` gave them."""
    yield from json.loads(zlib.decompress(decisions))


def _packed(decisions: Sequence[Decision]) -> bytes:
    """As `Decision.to_json` gives them; orjson writes the many candidates out ten times faster than we could."""
    import orjson

    heads = ((replace(decision, candidates=()).to_json(), decision.candidates) for decision in decisions)
    rows = [head | {"candidates": candidates} for head, candidates in heads]
    return zlib.compress(orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY), _LEVEL)


def _is_new(connection: sqlite3.Connection, decision_id: str) -> bool:
    found = connection.execute("INSERT OR IGNORE INTO decision_ids VALUES (?)", (decision_id,))
    return found.rowcount == 1
