"""The seam between hcplens and whatever turns text into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors.

    Digest, precision and the text determine a vector: they are what a cache is keyed by.
    """

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        ...

    @property
    def precision(self) -> str:
        """Arithmetic of the forward pass: "float32" or "bfloat16"."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dimension), float32, L2-normalised, in the order of the texts; n may be 0."""
        ...
