"""Which words of a text identify a patient where no cue gives them away to a rule: two networks read it.

A small one reads every text. Where it finds a word that may identify somebody, a short transformer reads the text as
well, which tells a patient from a nurse by what is said of them; the mean of both readings counts, and twice the
transformer's. In the other texts nobody is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ...embeddings.model_folder import read_description, require_described, verified_weights, write_model
from ...errors import InputError
from ...precision import Precision
from .identifier_network import IdentifierNetwork
from .words import Word, word_texts, words_of

if TYPE_CHECKING:
    from .context_reader import ContextReader

KIND = "identifiers"
WEIGHTS = "weights.safetensors"
_CONTEXT = "context."
_REMEMBERED = 16_384
"""Texts whose spans are remembered: labelled ones are read again and again."""
_READ_AT_ONCE = 2048
"""Texts that share rows: so many that few places stay empty, and no more are held in memory."""
_CERTAIN = 1e-6
"""No reading is surer than this of a word, so that another may differ."""


@dataclass(frozen=True)
class IdentifierReader:
    """Both networks, and from which probabilities on their readings count.

    Attributes:
        network: reads every text.
        context: what the transformer learned (see `ContextNetwork.learned`); the small network reads alone without it.
        sure: a word with at least this probability identifies a patient.
        likely: so does one with at least this probability beside such a word.
        doubtful: the transformer reads a text in which the small network gives any word at least this probability.
    """

    network: IdentifierNetwork
    context: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    sure: float = 0.2
    likely: float = 0.05
    doubtful: float = 0.3

    @classmethod
    def default(cls, precision: Precision | None = None) -> IdentifierReader:
        """The networks that ship; read once for each precision of the arithmetic, the machine's own unless given."""
        return _default(precision)

    @classmethod
    def load(cls, folder: Path) -> IdentifierReader:
        """Read a folder that `save` wrote; InputError if it is damaged, or of another kind."""
        from safetensors.numpy import load

        description = read_description(folder)
        if description["kind"] != KIND:
            raise InputError(f"{folder} is a model of kind {description['kind']!r}, not {KIND!r}")
        require_described(folder, description, {"sure", "likely", "doubtful", "familiar"})
        halves = load(verified_weights(folder, WEIGHTS, description))
        arrays = {name: array.astype(np.float32) for name, array in halves.items()}
        familiar = enumerate(description["familiar"], start=1)
        return cls(
            IdentifierNetwork(
                {name: array for name, array in arrays.items() if not name.startswith(_CONTEXT)},
                {word: count for count, words in familiar for word in words.split()},
            ),
            {name.removeprefix(_CONTEXT): array for name, array in arrays.items() if name.startswith(_CONTEXT)},
            *(float(description[name]) for name in ("sure", "likely", "doubtful")),
        )

    def save(self, folder: Path) -> None:
        """Write the weights, in half precision, and `model.json`."""
        from safetensors.numpy import save

        arrays = {**self.network.weights, **{_CONTEXT + name: array for name, array in self.context.items()}}
        halves = {name: np.asarray(array, dtype=np.float16) for name, array in arrays.items()}
        known = self.network.familiarity
        counts = range(1, 1 + max(known.values(), default=0))
        familiar = [" ".join(word for word, count in known.items() if count == one) for one in counts]
        bounds = {"sure": self.sure, "likely": self.likely, "doubtful": self.doubtful}
        write_model(folder, WEIGHTS, save(halves), {"kind": KIND, "encoder_digest": "", **bounds, "familiar": familiar})

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Spans [start, end) of words that identify a patient, in order: sure words, grown over likely neighbours.

        What is found in a text is the same whatever is read with it.
        """
        found = {text: spans for text in texts if (spans := self._remembered.get(text)) is not None}
        unread = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(unread), _READ_AT_ONCE):
            some = unread[start : start + _READ_AT_ONCE]
            read = dict(zip(some, self._spans(some), strict=True))
            if len(self._remembered) + len(read) > _REMEMBERED:
                self._remembered.clear()
            self._remembered.update(read)
            found |= read
        return [list(found[text]) for text in texts]

    @cached_property
    def _remembered(self) -> dict[str, list[tuple[int, int]]]:
        return {}

    def _spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        probabilities = self.probabilities([word_texts(text) for text in texts])
        return [self._runs(text, found) for text, found in zip(texts, probabilities, strict=True)]

    def _runs(self, text: str, probabilities: NDArray[np.float32]) -> list[tuple[int, int]]:
        if probabilities.max(initial=0.0) < self.sure:
            return []
        words = words_of(text)
        runs = _runs(probabilities >= self.likely, probabilities >= self.sure)
        trimmed = (_without_marks(words[first:end]) for first, end in runs)
        return [(run[0].start, run[-1].end) for run in trimmed if run]

    def probabilities(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """That each word of each text identifies a patient (T,)."""
        found = self.network.probabilities(texts)
        if self._reader is None:
            return found
        doubtful = [place for place, alone in enumerate(found) if alone.max(initial=0) >= self.doubtful]
        in_context = self._reader.log_odds([texts[place] for place in doubtful])
        together = [np.zeros_like(alone) for alone in found]
        for place, log_odds in zip(doubtful, in_context, strict=True):
            alone = logit(np.clip(found[place], _CERTAIN, 1 - _CERTAIN))
            together[place] = np.asarray(expit((alone + 2 * log_odds) / 3), dtype=np.float32)
        return together

    @cached_property
    def _reader(self) -> ContextReader | None:
        if not self.context:
            return None
        from .context_reader import ContextReader

        return ContextReader(self.context, self.network.precision)


@lru_cache(maxsize=2)
def _default(precision: Precision | None) -> IdentifierReader:
    with as_file(files(__package__) / "model") as folder:
        reader = IdentifierReader.load(folder)
    return replace(reader, network=replace(reader.network, precision=precision))


def _runs(likely: NDArray[np.bool_], sure: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open runs of likely words that hold a sure one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], likely | sure, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2) if sure[first:end].any()]


def _without_marks(run: Sequence[Word]) -> list[Word]:
    """The run without punctuation at its ends."""
    kept = [number for number, word in enumerate(run) if word.text[0].isalnum()]
    return list(run[kept[0] : kept[-1] + 1]) if kept else []
