"""Texts in rows of one fixed length, several in each.

Arithmetic of one shape gives the same numbers wherever in it a text stands, so that what is read of a text depends on
no other, to the last bit; batches of other shapes do not.
"""

from __future__ import annotations

from collections.abc import Sequence

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
