"""Reading texts with a trained network: which labels, in which words, and what holds of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...precision import Precision, native_precision
from ..batches import packs_by_length
from ..encoder import Encoder, Vectors
from ..threads import in_threads
from .examples import TagScheme
from .tokens import TokenizedText, padded, places, tokenize
from .windows import windows

if TYPE_CHECKING:
    from torch import Tensor

    from .network import Reading, TagNetwork

ROWS = 6
"""Version of what a row says of a text: to be raised with every change of it, since caches keep rows."""

TOKENS_AT_ONCE = 2048
"""Padded tokens that go through the network at once: with more, a token takes no less time, but more memory."""

_TOKENIZED_AT_ONCE = 4096
_WORTH_READING = -4.0
"""Log-odds of a label from which on its words and choices about it are read; below it is never claimed."""


class WindowTagger:
    """Answers about windows of text, one fixed row of numbers each, so that a cache can keep them.

    A row holds for K labels: log-odds by the whole text (K) and by its likeliest word (K), where the words that show
    each begin (K) and end (K), then the log-odds of the choices about the first labels (chosen × options, by label).

    Args:
        weights: what training changed.
        scheme: labels and choices.
        body: folder of the transformer.
        digest: of the weights and of the body's.
        precision: "float32" or "bfloat16"; what the CPU has natively if none is given.
    """

    def __init__(
        self,
        weights: Mapping[str, NDArray[Any]],
        scheme: TagScheme,
        body: Path,
        *,
        digest: str,
        precision: Precision | None = None,
    ) -> None:
        self._weights = weights
        self._scheme = scheme
        self._body = body
        self._digest = digest
        self._precision: Precision = precision or native_precision()

    @property
    def dimension(self) -> int:
        """Numbers in a row."""
        return 4 * len(self._scheme.labels) + self._scheme.chosen * self._scheme.options

    @property
    def digest(self) -> str:
        """Of everything that determines a row but the precision."""
        return self._digest

    @property
    def precision(self) -> str:
        """Arithmetic of the body."""
        return self._precision

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Rows (n, dimension), in the order of the texts."""
        network = self._network  # before any thread asks for it
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TOKENIZED_AT_ONCE):
            some = tokenize(texts[start : start + _TOKENIZED_AT_ONCE], self._tokenizer)
            packs = list(packs_by_length(np.asarray([len(one) for one in some]), TOKENS_AT_ONCE))
            batches = [[[some[text] for text in batch] for batch in pack] for pack in packs]
            read = in_threads(partial(self._read, network), batches)
            for pack, found in zip(packs, read, strict=True):
                rows[start + np.concatenate(pack)] = np.concatenate(found)
        return rows

    def _read(self, network: TagNetwork, texts: Sequence[Sequence[TokenizedText]]) -> list[Vectors]:
        """Rows of each batch of texts of equal padded length."""
        import torch

        from .packing import Batch, token_vectors

        with torch.inference_mode():
            batches = [Batch(*padded(some, self._tokenizer.pad_token_id)) for some in texts]
            vectors = token_vectors(network.body, batches)
            return [
                self._rows(network, some, network.read(own, batch.mask))
                for some, batch, own in zip(texts, batches, vectors, strict=True)
            ]

    def _rows(self, network: TagNetwork, batch: Sequence[TokenizedText], reading: Reading) -> Vectors:
        import torch

        whole, words = reading.whole, reading.tokens.amax(dim=1)
        texts, labels = torch.nonzero(whole + words > 2 * _WORTH_READING, as_tuple=True)
        spans = self._spans(batch, reading, texts, labels)
        choices = torch.zeros(len(batch), self._scheme.chosen, self._scheme.options)
        chosen = labels < self._scheme.chosen
        if bool(chosen.any()):
            texts, labels = texts[chosen], labels[chosen]
            choices[texts, labels] = network.choose(reading, texts, labels)
        parts = [whole, words, spans[..., 0], spans[..., 1], choices.flatten(1)]
        return np.asarray(torch.cat([part.float() for part in parts], dim=1).numpy())

    def _spans(self, batch: Sequence[TokenizedText], reading: Reading, texts: Tensor, labels: Tensor) -> Tensor:
        """Where the words that show each label begin and end (B, K, 2); of pairs not named, the likeliest alone."""
        import torch

        from .runs import Runs

        wordless, cuts, begins, ends = places(batch, reading.tokens.shape[1])
        first = reading.tokens.masked_fill(wordless[..., None], -torch.inf).argmax(dim=1)
        last = first.clone()
        if len(texts):
            runs = Runs.of(reading.tokens[texts, :, labels], reading.bounds[texts], wordless[texts], cuts[texts])
            first[texts, labels], last[texts, labels] = runs.most_telling((ends - begins)[texts])
        return torch.stack([begins.gather(1, first), ends.gather(1, last)], dim=-1)

    @cached_property
    def _tokenizer(self) -> Any:
        from .bodies import load_tokenizer

        return load_tokenizer(self._body)

    @cached_property
    def _network(self) -> TagNetwork:
        """Put together at the first text that no cache knows: importing torch takes seconds."""
        import torch

        from .adapters import merge
        from .bodies import load_body
        from .network import TagNetwork
        from .weights import put_arrays

        network = TagNetwork(load_body(self._body), self._scheme)
        put_arrays(network, self._weights)
        merge(network.body)
        network.body.to(getattr(torch, self._precision))
        return network.eval()


@dataclass(frozen=True)
class Tags:
    """What n texts carry, for K labels: `spans` (n, K, 2) half-open, in code points; `choices` (n, chosen, options).

    `whole` and `words` (n, K) are the log-odds of each label by the text as a whole and by its likeliest word; minus
    infinity for a text without words.
    """

    whole: NDArray[np.float64]
    words: NDArray[np.float64]
    spans: NDArray[np.int64]
    choices: NDArray[np.float64]

    @property
    def log_odds(self) -> NDArray[np.float64]:
        """The mean of both readings (n, K)."""
        return np.asarray((self.whole + self.words) / 2)


def tag(texts: Sequence[str], tagger: Encoder, scheme: TagScheme) -> Tags:
    """Read texts of any length: of each label, what its likeliest window says.

    Args:
        texts: n of them.
        tagger: a WindowTagger, or one with a cache in front.
        scheme: what the tagger answers.
    """
    cut = [windows(text) for text in texts]
    pieces = [text[start:end] for text, some in zip(texts, cut, strict=True) for start, end in some]
    rows = tagger.encode(pieces)
    labels = len(scheme.labels)
    whole, words = (np.full((len(texts), labels), -np.inf) for _ in range(2))
    spans = np.zeros((len(texts), labels, 2), dtype=np.int64)
    choices = np.zeros((len(texts), scheme.chosen, scheme.options))
    first = 0
    for number, some in enumerate(cut):
        if not some:
            continue
        own = rows[first : first + len(some)].astype(np.float64)
        first += len(some)
        best = (own[:, :labels] + own[:, labels : 2 * labels]).argmax(axis=0)
        columns = np.arange(labels)
        offsets = np.asarray([window.start for window in some])[best]
        whole[number], words[number] = own[best, columns], own[best, labels + columns]
        spans[number, :, 0] = own[best, 2 * labels + columns] + offsets
        spans[number, :, 1] = own[best, 3 * labels + columns] + offsets
        by_label = own[:, 4 * labels :].reshape(len(some), scheme.chosen, scheme.options)
        choices[number] = by_label[best[: scheme.chosen], columns[: scheme.chosen]]
    return Tags(whole, words, spans, choices)
