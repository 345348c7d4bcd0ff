"""A short transformer that says in context which words identify a patient: "ask Liam in procurement" is no patient.

The first layers of the default encoder, fine-tuned. Its vocabulary knows no capitals, so that the casing of a word is
told beside its pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, groupby, islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import BertModel

from ...embeddings.model_files import default_model_folder
from ...embeddings.tagging.bodies import load_body
from ...embeddings.tagging.packing import Batch, token_vectors
from ...embeddings.word_pieces import word_pieces
from ...precision import Precision, native_precision
from .shared_rows import ROW, read_in_rows

LAYERS = 3
CASINGS = 4
"""No letter; small letters; a capital first; capitals."""
_UNKNOWN, _BEGIN, _END = 100, 101, 102
"""Pieces of the default encoder's vocabulary."""
_LONGEST = ROW - 2
"""Pieces that are read together, besides the marks at both ends; a longer text is read in parts."""
_REMEMBERED = 65_536
"""Words whose pieces are remembered."""
_PADDED_TO = 16
"""Lengths are padded to a multiple: the arithmetic library prepares itself anew for every length that it meets."""

Arrays = Mapping[str, NDArray[Any]]


class ContextNetwork(nn.Module):
    """The transformer and its answer, with casings in place of token types; vectors of words and places stay."""

    def __init__(self) -> None:
        super().__init__()
        body = load_body(default_model_folder())
        assert isinstance(body, BertModel)
        body.encoder.layer = body.encoder.layer[:LAYERS]
        types = nn.Embedding(CASINGS, int(body.config.hidden_size))
        types.weight.data[:] = body.embeddings.token_type_embeddings.weight.detach()[0]
        body.embeddings.token_type_embeddings = types
        for still in (body.embeddings.word_embeddings, body.embeddings.position_embeddings):
            still.weight.requires_grad_(False)
        self.body = body
        self.answer = nn.Linear(int(body.config.hidden_size), 1)

    def forward(self, batch: Batch) -> Tensor:
        """Log-odds (B, T) that the word which begins with a piece identifies a patient."""
        hidden = self.body(input_ids=batch.ids, token_type_ids=batch.types, attention_mask=batch.mask)[0]
        return self._log_odds(hidden)

    def read(self, batches: Sequence[Batch]) -> list[Tensor]:
        """The same of each batch, all of them in one row."""
        return [self._log_odds(hidden) for hidden in token_vectors(self.body, batches)]

    def _log_odds(self, hidden: Tensor) -> Tensor:
        log_odds: Tensor = self.answer(hidden)[..., 0]
        return log_odds

    def learned(self) -> dict[str, NDArray[np.float32]]:
        """What training changed."""
        return {
            name: weight.detach().float().numpy() for name, weight in self.named_parameters() if weight.requires_grad
        }


class ContextReader:
    """A trained network that reads words; safe to use from several threads.

    Args:
        weights: as `ContextNetwork.learned` gives them.
        precision: that of the arithmetic; the machine's own unless given.
    """

    def __init__(self, weights: Arrays, precision: Precision | None = None) -> None:
        network = ContextNetwork()
        learned = network.learned().keys()
        kept = {name: weight for name, weight in network.state_dict().items() if name not in learned}
        network.load_state_dict(kept | {name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
        in_half = (precision or native_precision()) == "bfloat16"
        self._network = network.to(torch.bfloat16 if in_half else torch.float32).eval()

    def log_odds(self, texts: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
        """That each word of each text identifies a patient (T,); long texts in parts, so that memory is bounded."""
        parts = [[PieceText.of(part) for part in _parts(words)] for words in texts]
        found = iter(self._read([part for of_text in parts for part in of_text]))
        nothing = np.zeros(0, dtype=np.float32)
        return [np.concatenate([nothing, *islice(found, len(of_text))]) for of_text in parts]

    def _read(self, texts: Sequence[PieceText]) -> list[NDArray[np.float32]]:
        """Log-odds (T,) of the words of each."""
        return read_in_rows(texts, _padded_length, self._read_row)

    @torch.inference_mode()
    def _read_row(self, texts: Sequence[PieceText]) -> list[NDArray[np.float32]]:
        """The same of texts that share a row, the longest first."""
        read = self._network.read([padded(list(some)) for _, some in groupby(texts, _padded_length)])
        log_odds = chain.from_iterable(found.float().numpy() for found in read)
        return [found[list(text.begins)] for text, found in zip(texts, log_odds, strict=True)]


@dataclass(frozen=True)
class PieceText:
    """Words as the network sees them.

    Attributes:
        ids: (P,) numbers of their pieces, between the marks where a text begins and ends.
        casings: (P,) of the words that the pieces belong to.
        begins: (T,) where each word begins.
    """

    ids: tuple[int, ...]
    casings: tuple[int, ...]
    begins: tuple[int, ...]

    @classmethod
    def of(cls, words: Sequence[str]) -> PieceText:
        """Some words, of each at most eight pieces."""
        pieces = [_pieces(word) for word in words]
        ids = (_BEGIN, *chain.from_iterable(pieces), _END)
        casings = (0, *chain.from_iterable(map(_casings, words)), 0)
        return cls(ids, casings, tuple(accumulate(map(len, pieces[:-1]), initial=1)))


def padded(texts: Sequence[PieceText]) -> Batch:
    """Piece numbers, mask and casings (B, P)."""
    shape = (len(texts), max(map(_padded_length, texts)))
    ids, casings, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for row, text in enumerate(texts):
        length = len(text.ids)
        ids[row, :length] = torch.tensor(text.ids)
        casings[row, :length] = torch.tensor(text.casings)
        mask[row, :length] = 1
    return Batch(ids, mask, casings)


def _padded_length(text: PieceText) -> int:
    return -(-len(text.ids) // _PADDED_TO) * _PADDED_TO


def _parts(words: Sequence[str]) -> Iterator[list[str]]:
    """Consecutive words that are read together."""
    part: list[str] = []
    size = 0
    for word in words:
        count = len(_pieces(word))
        if size + count > _LONGEST:
            yield part
            part, size = [], 0
        part.append(word)
        size += count
    if part:
        yield part


@lru_cache(maxsize=_REMEMBERED)
def _pieces(word: str) -> tuple[int, ...]:
    return tuple(word_pieces(word)) or (_UNKNOWN,)


@lru_cache(maxsize=_REMEMBERED)
def _casings(word: str) -> tuple[int, ...]:
    """The casing of the word, for each of its pieces."""
    return (_casing(word),) * len(_pieces(word))


def _casing(word: str) -> int:
    if not word[0].isalpha():
        return 0
    if len(word) > 1 and word.isupper():
        return 3
    return 2 if word[0].isupper() else 1
