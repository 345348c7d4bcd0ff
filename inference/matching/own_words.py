"""The physicians' own words as vectors and as words to look for, remembered for the next question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from ...embeddings.bm25 import words_of
from ...embeddings.encoder import Encoder, Vectors

_REMEMBERED = 100_000
"""Quotes that are kept besides those prepared (at 384 dimensions 150 MB)."""


@dataclass(frozen=True, slots=True, eq=False)
class Quote:
    """A unit vector (d,) and the words to look for."""

    vector: Vectors
    words: tuple[str, ...]


class OwnWords:
    """Quotes by their text. Each is encoded once, while it is remembered; safe to use from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._known: dict[str, Quote] = {}
        self._prepared = 0

    def prepare(self, texts: Sequence[str]) -> None:
        """Encode quotes ahead and keep them for good."""
        self._learn([text for text in texts if text not in self._known])
        with self._lock:
            self._prepared = len(self._known)

    def of(self, texts: Iterable[str]) -> dict[str, Quote]:
        """Each quote by its text."""
        wanted = set(texts)
        found = {text: known for text in wanted if (known := self._known.get(text)) is not None}
        unknown = sorted(wanted - found.keys())
        return found | self._learn(unknown) if unknown else found

    def _learn(self, texts: Sequence[str]) -> dict[str, Quote]:
        with self._lock:
            vectors = self._encoder.encode(texts) if texts else ()
            learned = {
                text: Quote(np.asarray(vector, dtype=np.float32), tuple(words_of(text)))
                for text, vector in zip(texts, vectors, strict=True)
            }
            if len(self._known) + len(learned) > self._prepared + _REMEMBERED:
                self._known = dict(list(self._known.items())[: self._prepared])
            self._known.update(learned)
            return learned
