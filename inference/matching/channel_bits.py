"""Sets of channels as the bits of a number: one number a module, and set operations on all of them at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..records.schemas import CHANNELS

Bits = NDArray[np.uint16]
"""One set of channels an element."""

BIT = {name: 1 << place for place, name in enumerate(CHANNELS)}
EVERY_CHANNEL = (1 << len(CHANNELS)) - 1


def bits_of(names: Iterable[str]) -> int:
    """The set as a number; names that are no channels are left out."""
    bits = 0
    for name in names:
        bits |= BIT.get(name, 0)
    return bits


def names_of(bits: int) -> frozenset[str]:
    """The channels of a set."""
    return frozenset(name for name, bit in BIT.items() if bits & bit)


def packed(matrix: NDArray[np.bool_]) -> Bits:
    """Sets (n,) from a matrix (n, len(CHANNELS))."""
    return (matrix @ (1 << np.arange(len(CHANNELS)))).astype(np.uint16)


def unpacked(bits: Bits) -> NDArray[np.float32]:
    """The matrix (n, len(CHANNELS)) of sets: 1 where a channel is in the set, 0 elsewhere."""
    members: NDArray[np.float32] = ((bits[:, None] >> np.arange(len(CHANNELS), dtype=np.uint16)) & 1).astype(np.float32)
    return members
