"""Vectors that were computed before, as an encoder that travels to other processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ...embeddings import Encoder, Vectors


class RememberedVectors:
    """Encodes the texts it was made with, and no others: KeyError."""

    def __init__(self, encoder: Encoder, texts: Iterable[str]) -> None:
        distinct = list(dict.fromkeys(texts))
        self._row = {text: row for row, text in enumerate(distinct)}
        self._vectors = encoder.encode(distinct)
        self._digest, self._precision = encoder.digest, encoder.precision

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    @property
    def digest(self) -> str:
        """Digest of the encoder's weights."""
        return self._digest

    @property
    def precision(self) -> str:
        """Arithmetic of the encoder."""
        return self._precision

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, dimension) of known texts."""
        return self._vectors[np.asarray([self._row[text] for text in texts], dtype=np.intp)]
