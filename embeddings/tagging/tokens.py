"""Texts → token numbers with their places in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..batches import padded_lengths
from ..clauses import clause_starts
from ..sentence_transformer import encodable

if TYPE_CHECKING:
    from torch import Tensor

LONGEST = 512


@dataclass(frozen=True)
class TokenizedText:
    """Token numbers of one text and their half-open spans in it (T, 2); a token that stands for no words is empty.

    `clauses` are the positions of tokens that begin a clause after the first.
    """

    ids: list[int]
    spans: NDArray[np.int64]
    clauses: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.ids)


def tokenize(texts: Sequence[str], tokenizer: Any) -> list[TokenizedText]:
    """Tokens of texts by a fast tokenizer; a text is cut after 512."""
    if not texts:
        return []
    read = [encodable(text) for text in texts]
    found = tokenizer(read, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
    return [
        _tokenized(text, ids, np.asarray(spans, dtype=np.int64).reshape(-1, 2))
        for text, ids, spans in zip(read, found["input_ids"], found["offset_mapping"], strict=True)
    ]


def _tokenized(text: str, ids: list[int], spans: NDArray[np.int64]) -> TokenizedText:
    words = np.flatnonzero(spans[:, 1] > spans[:, 0])
    after = np.searchsorted(spans[words, 0], clause_starts(text))
    return TokenizedText(ids, spans, words[after[after < len(words)]])


def padded(texts: Sequence[TokenizedText], filler: int) -> tuple[Tensor, Tensor]:
    """Token numbers and mask (B, T) of a batch; short texts are filled up with the tokenizer's filler."""
    import torch

    length = int(padded_lengths(np.asarray([len(text) for text in texts])).max())
    ids = torch.full((len(texts), length), filler, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text.ids)
        mask[row, : len(text)] = 1
    return ids, mask


class Places(NamedTuple):
    """Of B texts of T tokens: what each token is in its text.

    `wordless` (B, T) whether it stands for no words; `cuts` (B, T) whether it begins a clause after the first; `begins`
    and `ends` (B, T) its half-open span, empty where it stands for no words.
    """

    wordless: Tensor
    cuts: Tensor
    begins: Tensor
    ends: Tensor


def places(texts: Sequence[TokenizedText], length: int) -> Places:
    """What each of `length` tokens is in its text."""
    import torch

    spans = torch.zeros(len(texts), length, 2, dtype=torch.long)
    cuts = torch.zeros(len(texts), length, dtype=torch.bool)
    for row, text in enumerate(texts):
        spans[row, : len(text)] = torch.from_numpy(text.spans)
        cuts[row, torch.from_numpy(text.clauses)] = True
    begins, ends = spans.unbind(-1)
    return Places(begins >= ends, cuts, begins, ends)
