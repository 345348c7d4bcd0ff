"""Random numbers: every physician and every rep has a stream of their own.

Philox (Salmon et al., 2011) is keyed by the seed and by whose stream it is, so that one physician more changes nothing
of the others, and physicians can be simulated in blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..metrics import Floats

_WORLD = 2**63
_FIRST_REP = 2**62
_FIRST_VARIETY = 2**61


def world_stream(seed: int) -> np.random.Generator:
    """The stream of what all physicians share."""
    return _stream(seed, _WORLD)


def rep_stream(seed: int, rep: int) -> np.random.Generator:
    """The stream of one rep."""
    return _stream(seed, _FIRST_REP + rep)


def _stream(seed: int, whose: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=np.array([seed, whose], dtype=np.uint64)))


class Draws:
    """Uniform numbers in [0, 1) for a block of physicians, a row each from that physician's own stream."""

    def __init__(self, seed: int, physicians: Sequence[int], first: int = 0) -> None:
        self._streams = [_stream(seed, first + physician) for physician in physicians]

    @classmethod
    def of_variety(cls, seed: int, physicians: Sequence[int]) -> Draws:
        """Further streams of the same physicians, for how they differ: the others stay what they are without."""
        return cls(seed, physicians, _FIRST_VARIETY)

    def take(self, *shape: int) -> Floats:
        """(physicians, *shape) of the next numbers of each."""
        size = int(np.prod(shape, dtype=np.int64))
        return np.stack([stream.random(size) for stream in self._streams]).reshape(len(self._streams), *shape)

    def ragged(self, counts: Sequence[int] | NDArray[np.intp]) -> Floats:
        """(sum of counts,) numbers, `counts[i]` of them of physician i, in order."""
        return np.concatenate([stream.random(int(n)) for stream, n in zip(self._streams, counts, strict=True)])
