"""Encoders that know some vectors already: from the cache on disk, or from an index that was published."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from .encoder import Encoder, Vectors
from .vector_cache import VectorCache, text_key


class RememberingEncoder(ABC):
    """An encoder in front of another: each distinct text of a call is looked up or encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

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
        """The encoder's rows (n, dimension)."""
        keys = [text_key(text) for text in texts]
        if not keys:
            return np.empty((0, self.dimension), dtype=np.float32)
        text_of = dict(zip(keys, texts, strict=True))
        known = self._known(list(text_of))
        new = {key: text for key, text in text_of.items() if key not in known}
        fresh = self._fresh(new) if new else {}
        return np.stack([fresh[key] if key in fresh else known[key] for key in keys])

    @abstractmethod
    def _known(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        """The vectors of some texts, by `text_key`; there may be others among them."""

    def _fresh(self, texts: Mapping[bytes, str]) -> Mapping[bytes, Vectors]:
        return dict(zip(texts, self._encoder.encode(list(texts.values())), strict=True))


class CachedEncoder(RememberingEncoder):
    """Encodes each distinct text at most once, ever: what it encoded is kept on disk."""

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        super().__init__(encoder)
        self._cache = cache

    def _known(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        return self._cache.get(keys)

    def _fresh(self, texts: Mapping[bytes, str]) -> Mapping[bytes, Vectors]:
        vectors = self._cache.rounded(self._encoder.encode(list(texts.values())))
        fresh = dict(zip(texts, vectors, strict=True))
        self._cache.put(fresh.items())
        return fresh


class KnownVectors(RememberingEncoder):
    """Has the vectors of some texts, those of an encoder of the same digest and precision, and encodes all others."""

    def __init__(self, encoder: Encoder, vectors: Mapping[bytes, Vectors]) -> None:
        super().__init__(encoder)
        self._vectors = vectors

    def _known(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        return self._vectors
