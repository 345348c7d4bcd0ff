"""Rows as a file holds them, before any cell is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

BATCH_CHARACTERS = 8 << 20

DAMAGE = (OSError, pa.ArrowException, UnicodeError)
"""What reading a damaged or truncated file raises."""


class UnreadableCell:
    """Stands for a cell that has no Python value: bytes that are no UTF-8, a date outside the calendar."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __str__(self) -> str:
        return f"({self.reason})"


class RawRow(NamedTuple):
    """One row by column name; `size` is its length in characters where that is known, else 0."""

    number: int
    cells: dict[str, object]
    size: int


@dataclass(frozen=True)
class BrokenRow:
    """A row that cannot be split into cells; `content` is all that is known of it."""

    number: int
    reason: str
    content: object
    size: int = 0


@dataclass(frozen=True)
class RawFile:
    """The rows of one file; `header` is None where each row names its own columns."""

    header: tuple[str, ...] | None
    rows: Iterator[RawRow | BrokenRow]


def in_batches(rows: Iterator[RawRow | BrokenRow], batch_rows: int) -> Iterator[list[RawRow | BrokenRow]]:
    """Lists of at most `batch_rows` rows and about 8 million characters, so that long notes stay in bounds too.

    Where the file turns out to be damaged, the rows before the damage come first and then the error.
    """
    batch: list[RawRow | BrokenRow] = []
    size = 0
    try:
        for row in rows:
            batch.append(row)
            size += row.size
            if len(batch) >= batch_rows or size >= BATCH_CHARACTERS:
                yield batch
                batch, size = [], 0
    except DAMAGE:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
