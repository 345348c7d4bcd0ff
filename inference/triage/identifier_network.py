"""A small network that finds the words which identify a patient where no cue gives them away to a rule.

Every word is the sum of five embeddings (whole form, beginning, ending, shape, how common it is) and of what the
default encoder's vectors say of its pieces; convolutions look at the words around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...embeddings.word_pieces import word_pieces
from ...precision import Precision, native_precision
from .shared_rows import ROW, read_in_rows
from .words import numbers_of

if TYPE_CHECKING:
    from torch import Tensor

TABLES = ("form", "beginning", "ending", "shape", "familiarity")
REACH = 5
"""Words that one convolution sees: two to each side."""
_SIDE = REACH // 2
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
        precision: that of the arithmetic; the machine's own unless given.
    """

    weights: Arrays
    familiarity: Mapping[str, int]
    precision: Precision | None = None

    def probabilities(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """That each word of each text identifies a patient (T,): the same whatever is read with it.

        A long text is read in parts that overlap by as many words as the layers look at.
        """
        reach = self._layers * _SIDE
        step = ROW - 2 * reach - _SIDE
        parts = [
            (words[max(0, start - reach) : start + step + reach], min(start, reach), min(step, len(words) - start))
            for words in texts
            for start in range(0, len(words), step)
        ]
        read = self._read([words for words, _, _ in parts])
        kept = (found[before : before + count] for found, (_, before, count) in zip(read, parts, strict=True))
        nothing = np.zeros(0, dtype=np.float32)
        return [np.concatenate([nothing, *islice(kept, -(-len(words) // step))]) for words in texts]

    def _read(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """Probabilities (T,) of texts that each fit into a row, with nothing between one and the next."""
        return read_in_rows(texts, lambda words: len(words) + _SIDE, self._read_row)

    def _read_row(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """The same of texts that share a row."""
        import torch

        entering = np.zeros((ROW, len(self.weights["enter"])), dtype=np.float32)
        there = np.zeros((ROW, 1), dtype=np.float32)
        places = list(_places([len(words) for words in texts]))
        for words, place in zip(texts, places, strict=True):
            entering[place] = [self._vector(word) for word in words]
            there[place] = 1
        with torch.inference_mode():
            log_odds = self._log_odds(torch.from_numpy(entering), torch.from_numpy(there)).numpy()
        return [expit(log_odds[place]) for place in places]

    def _log_odds(self, entering: Tensor, there: Tensor) -> Tensor:
        """Of each place (ROW,), from the vectors (ROW, D) there and whether a word is there (ROW, 1)."""
        import torch
        from torch.nn.functional import linear, pad

        enter, *layers, answer = self._tensors
        hidden = linear(entering.to(enter[0].dtype), *enter).relu().float() * there
        for weight, bias in layers:
            padded = pad(hidden, (0, 0, _SIDE, _SIDE)).to(weight.dtype)
            windows = torch.cat([padded[shift : shift + ROW] for shift in range(REACH)], dim=1)
            hidden = hidden + linear(windows, weight, bias).relu().float() * there
        return linear(hidden, *answer)[:, 0]

    @cached_property
    def _tensors(self) -> list[tuple[Tensor, Tensor]]:
        """Weight (out, in) and bias (out,) of what enters, of each layer and of the answer, which is read in full."""
        import torch

        half = torch.bfloat16 if (self.precision or native_precision()) == "bfloat16" else torch.float32
        names = ["enter", *(f"around.{layer}" for layer in range(self._layers)), "answer"]
        found = []
        for name in names:
            bias = torch.from_numpy(np.array(self.weights[f"{name}.bias"], dtype=np.float32))
            weight = torch.from_numpy(np.array(self.weights[name], dtype=np.float32)).reshape(-1, len(bias)).T
            precision = torch.float32 if name == "answer" else half
            found.append((weight.contiguous().to(precision), bias.to(precision)))
        return found

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


def _places(lengths: Sequence[int]) -> Iterator[slice]:
    """Where texts stand in a row, as far apart as a convolution sees."""
    start = 0
    for length in lengths:
        yield slice(start, start + length)
        start += length + _SIDE
