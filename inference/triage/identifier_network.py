"""A small network that finds the words which identify a patient where no cue gives them away to a rule.

Every word is the sum of five embeddings (whole form, beginning, ending, shape, how common it is) and of what the
default encoder's vectors say of its pieces; convolutions look at the words around it. It runs in NumPy, text by text:
what it says of a text depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...embeddings.model_folder import read_description, require_described, verified_weights, write_model
from ...embeddings.word_pieces import word_pieces
from ...errors import InputError
from .words import Word, numbers_of, words_of

KIND = "identifiers"
WEIGHTS = "weights.safetensors"
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
        sure: a word with at least this probability identifies a patient.
        likely: so does one with at least this probability beside such a word.
    """

    weights: Arrays
    familiarity: Mapping[str, int]
    sure: float = 0.5
    likely: float = 0.05

    @classmethod
    def default(cls) -> IdentifierNetwork:
        """The network that ships; read once."""
        return _default()

    @classmethod
    def load(cls, folder: Path) -> IdentifierNetwork:
        """Read a folder that `save` wrote; InputError if it is damaged, or of another kind."""
        from safetensors.numpy import load

        description = read_description(folder)
        if description["kind"] != KIND:
            raise InputError(f"{folder} is a model of kind {description['kind']!r}, not {KIND!r}")
        require_described(folder, description, {"sure", "likely", "familiar"})
        halves = load(verified_weights(folder, WEIGHTS, description))
        return cls(
            {name: array.astype(np.float32) for name, array in halves.items()},
            {word: count for count, words in enumerate(description["familiar"], start=1) for word in words.split()},
            float(description["sure"]),
            float(description["likely"]),
        )

    def save(self, folder: Path) -> None:
        """Write the weights, in half precision, and `model.json`."""
        from safetensors.numpy import save

        halves = {name: np.asarray(array, dtype=np.float16) for name, array in self.weights.items()}
        counts = range(1, 1 + max(self.familiarity.values(), default=0))
        familiar = [" ".join(word for word, count in self.familiarity.items() if count == one) for one in counts]
        described = {"kind": KIND, "encoder_digest": "", "sure": self.sure, "likely": self.likely, "familiar": familiar}
        write_model(folder, WEIGHTS, save(halves), described)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Spans [start, end) of words that identify a patient, in order: sure words, grown over likely neighbours."""
        words = words_of(text)
        if not words:
            return []
        probabilities = self.probabilities([word.text for word in words])
        runs = _runs(probabilities >= self.likely, probabilities >= self.sure)
        trimmed = (_without_marks(words[first:end]) for first, end in runs)
        return [(run[0].start, run[-1].end) for run in trimmed if run]

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


@lru_cache(maxsize=1)
def _default() -> IdentifierNetwork:
    with as_file(files(__package__) / "model") as folder:
        return IdentifierNetwork.load(folder)


def _rectified(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(values, 0)


def _around(hidden: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """A convolution (T, H) over REACH words, with nothing beyond the ends."""
    side = REACH // 2
    padded = np.zeros((len(hidden) + 2 * side, hidden.shape[1]), dtype=np.float32)
    padded[side : side + len(hidden)] = hidden
    windows = np.concatenate([padded[i : i + len(hidden)] for i in range(REACH)], axis=1)
    return np.asarray(windows @ weight.reshape(-1, weight.shape[-1]))


def _runs(likely: NDArray[np.bool_], sure: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open runs of likely words that hold a sure one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], likely | sure, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2) if sure[first:end].any()]


def _without_marks(run: list[Word]) -> list[Word]:
    """The run without punctuation at its ends."""
    kept = [number for number, word in enumerate(run) if word.text[0].isalnum()]
    return run[kept[0] : kept[-1] + 1] if kept else []
