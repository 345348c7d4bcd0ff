"""A small network that finds the words which identify a patient where no cue gives them away to a rule.

Every word is the sum of five embeddings (whole form, beginning, ending, shape, how common it is) and of what the
default encoder's vectors say of its pieces; convolutions look at the words around it. It runs in NumPy, text by text:
what it says of a text depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...embeddings.word_pieces import word_pieces
from .words import numbers_of

TABLES = ("form", "beginning", "ending", "shape", "familiarity")
REACH = 5
"""Words that one convolution sees: two to each side."""
_AT_ONCE = 4096
"""Words that go through the network together."""
_REMEMBERED = 32_768
"""Words whose vectors are remembered."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class IdentifierNetwork:
    """Trained weights and the words that were common in training.

    Attributes:
        weights: `form` (rows, D) and the other TABLES, `pieces` (vocabulary, D), `enter` (D, H) and `enter.bias`, for
            each layer `around.N` (REACH, H, H) and `around.N.bias`, `answer` (H,) and `answer.bias` (1,).
        familiarity: of common words, as `familiarity_of` counts it.
    """

    weights: Arrays
    familiarity: Mapping[str, int]

    def probabilities(self, words: list[str]) -> NDArray[np.float32]:
        """That each word identifies a patient (T,); long texts in overlapping parts, so that memory is bounded."""
        reach = self._layers * (REACH // 2)
        parts = []
        for start in range(0, len(words), _AT_ONCE):
            first = max(0, start - reach)
            part = self._probabilities(words[first : start + _AT_ONCE + reach])
            parts.append(part[start - first : start - first + _AT_ONCE])
        return np.concatenate(parts)

    def _probabilities(self, words: list[str]) -> NDArray[np.float32]:
        weights = self.weights
        hidden = np.stack([self._vector(word) for word in words])
        hidden = _rectified(hidden @ weights["enter"] + weights["enter.bias"])
        for layer in range(self._layers):
            hidden = hidden + _rectified(_around(hidden, weights[f"around.{layer}"]) + weights[f"around.{layer}.bias"])
        log_odds = hidden @ weights["answer"] + weights["answer.bias"]
        return np.asarray(expit(log_odds), dtype=np.float32)

    @cached_property
    def _layers(self) -> int:
        return sum(name.startswith("around.") and not name.endswith(".bias") for name in self.weights)

    def _vector(self, word: str) -> NDArray[np.float32]:
        found = self._remembered.get(word)
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word] = self._embedded(word)
        return found

    def _embedded(self, word: str) -> NDArray[np.float32]:
        rows = zip(TABLES, numbers_of(word, self.familiarity), strict=True)
        vector = np.sum([self.weights[table][row] for table, row in rows], axis=0)
        pieces = word_pieces(word)
        return np.asarray(vector + self.weights["pieces"][pieces].mean(axis=0) if pieces else vector)

    @cached_property
    def _remembered(self) -> dict[str, NDArray[np.float32]]:
        return {}


def _rectified(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(values, 0)


def _around(hidden: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """A convolution (T, H) over REACH words, with nothing beyond the ends."""
    side = REACH // 2
    padded = np.zeros((len(hidden) + 2 * side, hidden.shape[1]), dtype=np.float32)
    padded[side : side + len(hidden)] = hidden
    windows = np.concatenate([padded[i : i + len(hidden)] for i in range(REACH)], axis=1)
    return np.asarray(windows @ weight.reshape(-1, weight.shape[-1]))
