"""Texts in rows of one fixed length, several in each.

Arithmetic of one shape gives the same numbers wherever in it a text stands, so that what is read of a text depends on
no other, to the last bit; batches of other shapes do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeVar

from ...embeddings.threads import in_threads

Text = TypeVar("Text")
Found = TypeVar("Found")

ROW = 256
"""Places of a row: what `token_vectors` fills rows up to."""


def shared_rows(lengths: Sequence[int]) -> list[list[int]]:
    """Which texts of those lengths, none above ROW, share a row: the longest first, each where it fits first."""
    rows: list[list[int]] = []
    room: list[int] = []
    for text in sorted(range(len(lengths)), key=lambda text: -lengths[text]):
        row = next((row for row, left in enumerate(room) if left >= lengths[text]), len(rows))
        if row == len(rows):
            rows.append([])
            room.append(ROW)
        rows[row].append(text)
        room[row] -= lengths[text]
    return rows


def read_in_rows(
    texts: Sequence[Text], length: Callable[[Text], int], read_row: Callable[[Sequence[Text]], Sequence[Found]]
) -> list[Found]:
    """What is read of each text, of which none is longer than ROW; `read_row` reads those that share one."""
    rows = shared_rows(list(map(length, texts)))
    read = in_threads(read_row, [[texts[place] for place in row] for row in rows])
    found = dict(zip(chain(*rows), chain(*read), strict=True))
    return [found[place] for place in range(len(texts))]
