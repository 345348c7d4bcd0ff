"""An encoder that has some vectors at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .encoder import Encoder, Vectors
from .vector_cache import text_key


class KnownVectors:
    """Answers for the texts it knows (by `text_key`), and asks the encoder for all others.

    The vectors, each (dimension,), must be those of an encoder of the same digest and precision.
    """

    def __init__(self, encoder: Encoder, vectors: Mapping[bytes, Vectors]) -> None:
        self._encoder = encoder
        self._vectors = vectors

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    @property
    def digest(self) -> str:
        """Digest of the encoder's weights."""
        return self._encoder.digest

    @property
    def precision(self) -> str:
        """Arithmetic of the encoder."""
        return self._encoder.precision

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The rows (n, dimension) of the texts; each unknown text is encoded once."""
        keys = [text_key(text) for text in texts]
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        fresh = dict(zip(unknown, self._encoder.encode(list(unknown.values())), strict=True)) if unknown else {}
        if not keys:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([fresh[key] if key in fresh else self._vectors[key] for key in keys])
