"""The network: a transformer's token vectors, attended to label by label.

Each label looks at a note with an attention of its own (label-wise attention: Mullenbach et al., 2018), which gives
the label's score and a summary vector, from which choices about the label (its status, its holder) are read. A second
head scores every token as part of the words that show the label, a third as the first or last of any such words.
Labels of a kind (a topic's driver and barrier) share part of their weights.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from transformers import PreTrainedModel

from .examples import TagScheme

_RARE = -3.0
"""Bias to begin with: a label is rare in a text, and rarer at a token."""
_RARER = -4.0
_NEVER = -1e4
_SMALL = 0.02


class Reading(NamedTuple):
    """Of B texts of T tokens for K labels.

    `whole` (B, K) log-odds that the text carries the label, by attention over all of it; `attention` (B, T, K) before
    the softmax; `tokens` (B, T, K) log-odds that a token shows it; `bounds` (B, T, 2) that a token is the first or the
    last of words that show any; `summaries` (B, K, D) by label; `text` (B, D) the mean of the tokens.
    """

    whole: Tensor
    attention: Tensor
    tokens: Tensor
    bounds: Tensor
    summaries: Tensor
    text: Tensor


class LabelWeights(nn.Module):
    """A weight vector and a bias for each label: what its kind shares, and what is its own."""

    kinds: Tensor

    def __init__(self, scheme: TagScheme, width: int, bias: float) -> None:
        super().__init__()
        self.register_buffer("kinds", torch.tensor(scheme.kind_of), persistent=False)
        self.shared = nn.Parameter(torch.randn(len(set(scheme.kind_of)), width) * _SMALL)
        self.own = nn.Parameter(torch.randn(len(scheme.labels), width) * _SMALL / 2)
        self.bias = nn.Parameter(torch.full((len(scheme.labels),), bias))

    @property
    def weight(self) -> Tensor:
        """(K, D)."""
        return self.own + self.shared[self.kinds]

    def forward(self, hidden: Tensor) -> Tensor:
        """Scores (…, K) of vectors (…, D)."""
        return linear(hidden, self.weight, self.bias)


class TagNetwork(nn.Module):
    """A transformer body and its heads.

    Args:
        body: the transformer; its word embeddings are never trained.
        scheme: labels and choices.
        dropout: share of the heads' inputs that are left out in training.
    """

    def __init__(self, body: PreTrainedModel, scheme: TagScheme, *, dropout: float = 0.0) -> None:
        super().__init__()
        width = int(body.config.hidden_size)
        self.body = body
        self.dropout = nn.Dropout(dropout)
        self.attention = LabelWeights(scheme, width, 0.0)
        self.whole = LabelWeights(scheme, width, _RARE)
        self.tokens = LabelWeights(scheme, width, _RARER)
        self.bounds = nn.Linear(width, 2)
        nn.init.constant_(self.bounds.bias, _RARE)
        self.names = nn.Parameter(torch.randn(scheme.chosen, width) * _SMALL)
        self.choices = nn.Sequential()
        if scheme.options:
            layers = nn.Linear(3 * width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, scheme.options)
            self.choices.extend(layers)

    def forward(self, ids: Tensor, mask: Tensor) -> Reading:
        """Read texts given as token numbers (B, T); `mask` (B, T) is 1 where there is a token."""
        return self.read(self.body(input_ids=ids, attention_mask=mask)[0], mask)

    def read(self, vectors: Tensor, mask: Tensor) -> Reading:
        """What the heads make of the body's token vectors (B, T, D)."""
        hidden = self.dropout(vectors.float())
        words = mask.bool().clone()
        words[:, 0] = False  # the token that begins every text
        no_word = ~words[..., None]
        attention = self.attention(hidden).masked_fill(no_word, _NEVER)
        summaries = torch.einsum("btk,btd->bkd", attention.softmax(dim=1), hidden)
        whole = (summaries * self.whole.weight).sum(-1) + self.whole.bias
        tokens = self.tokens(hidden).masked_fill(no_word, _NEVER)
        text = hidden.masked_fill(no_word, 0.0).sum(1) / words.sum(1, keepdim=True).clamp(min=1)
        return Reading(whole, attention, tokens, self.bounds(hidden), summaries, text)

    def choose(self, reading: Reading, texts: Tensor, labels: Tensor) -> Tensor:
        """Log-odds (n, options) of the choices about n pairs of a text and a label, given as their numbers (n,)."""
        seen = (reading.summaries[texts, labels], reading.text[texts], self.names[labels])
        return cast(Tensor, self.choices(torch.cat(seen, dim=-1)))
