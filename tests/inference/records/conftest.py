"""A reading of one table with everything it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens.inference.records import TABLES, ColumnMap, Notices, Reject, RejectLog, read_table

TODAY = date(2026, 10, 1)
NOTE = {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "text": "likes the data"}


@dataclass(frozen=True)
class Reading:
    rows: list[dict[str, Any]]
    rejects: list[Reject]
    notices: tuple[str, ...]
    rows_read: dict[str, int]

    @property
    def ids(self) -> list[str]:
        return [row[next(iter(row))] for row in self.rows]

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]


Read = Callable[..., Reading]


@pytest.fixture
def read() -> Read:
    def read_all(path: Path, table: str = "notes", column_map: ColumnMap | None = None, **options: Any) -> Reading:
        log, notices = RejectLog(), Notices()
        options.setdefault("today", TODAY)
        arrow = read_table(path, TABLES[table], column_map=column_map, rejects=log, notices=notices, **options)
        assert arrow.schema == TABLES[table].schema
        return Reading(arrow.to_pylist(), list(log), notices.messages, log.rows_read)

    return read_all


@pytest.fixture
def note() -> Callable[..., dict[str, Any]]:
    """A valid note with some values changed; None takes the key away."""

    def changed(**changes: Any) -> dict[str, Any]:
        return {key: value for key, value in (NOTE | changes).items() if value is not None}

    return changed


@pytest.fixture
def write_jsonl() -> Callable[[Path, Sequence[Any]], Path]:
    def write(path: Path, rows: Sequence[Any]) -> Path:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write
