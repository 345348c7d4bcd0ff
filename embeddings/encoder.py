"""The seam between hcplens and whatever turns text into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors.

    `digest` identifies the weights and `precision` the arithmetic ("float32", "bfloat16"): together with the text
    they determine a vector, so they are what a cache is keyed by.
    """

    @property
    def dimension(self) -> int: ...

    @property
    def digest(self) -> str: ...

    @property
    def precision(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dimension), float32, L2-normalised, in the order of the texts; n may be 0."""
        ...
