"""Batches of texts of equal padded length.

How far a text is padded depends on its own length alone: in half precision a forward pass gives slightly other numbers
for other paddings (not for other batch sizes), and what is said of a text must not depend on its company.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

PADDED_TO = 4
"""Lengths are padded to a multiple of this: more would waste arithmetic, fewer would make batches small."""


def padded_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tokens of texts (n,) after padding."""
    return -(-lengths // PADDED_TO) * PADDED_TO


def batches_by_length(lengths: NDArray[np.int64], tokens: int) -> Iterator[NDArray[np.intp]]:
    """Row numbers by batch, shortest texts first; a batch holds at most so many padded tokens, or a single text."""
    padded = padded_lengths(lengths)
    order = np.argsort(padded, kind="stable")
    start = 0
    for stop in range(1, len(order) + 1):
        if (
            stop == len(order)
            or padded[order[stop]] != padded[order[start]]
            or ((stop - start + 1) * padded[order[start]] > tokens)
        ):
            yield order[start:stop]
            start = stop


def packs_by_length(lengths: NDArray[np.int64], tokens: int) -> Iterator[list[NDArray[np.intp]]]:
    """Row numbers in packs of batches, shortest texts first; the texts of a batch are padded to the same length.

    A pack holds at most so many padded tokens, or a single text.
    """
    padded = padded_lengths(lengths)
    pack: list[np.intp] = []
    size = 0
    for row in np.argsort(padded, kind="stable"):
        if pack and size + padded[row] > tokens:
            yield _batches(pack, padded)
            pack, size = [], 0
        pack.append(row)
        size += padded[row]
    if pack:
        yield _batches(pack, padded)


def _batches(rows: list[np.intp], padded: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    return [np.asarray(list(batch)) for _, batch in groupby(rows, key=padded.__getitem__)]
