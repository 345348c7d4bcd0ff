"""Texts that go on from one prefix, a row each, with the keys and values of all they have read."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from transformers import DynamicCache

_PREFIXES = 2


class PrefixMemory:
    """What a causal model has read of the latest prefixes, so that each of them is read once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._known: OrderedDict[tuple[int, ...], Any] = OrderedDict()

    def continued(self, prefix: tuple[int, ...], rows: int) -> Continuation:
        """So many rows that go on from the prefix."""
        if prefix not in self._known:
            self._known[prefix] = read_prefix(self._model, prefix)
            if len(self._known) > _PREFIXES:
                self._known.popitem(last=False)
        self._known.move_to_end(prefix)
        return Continuation(self._model, copy.deepcopy(self._known[prefix]), len(prefix), rows)


def read_prefix(model: Any, prefix: Sequence[int]) -> Any:
    """Keys and values of a prefix, in one row."""
    cache = DynamicCache(config=model.config)
    if prefix:
        tokens = torch.tensor([prefix], device=model.device)
        model(input_ids=tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


class Continuation:
    """Rows of different lengths: gaps before shorter pieces are masked, and positions count real tokens only."""

    def __init__(self, model: Any, cache: Any, length: int, rows: int) -> None:
        self._model = model
        self._cache = cache
        self._lengths = torch.full((1,), length, device=model.device)
        self._mask = torch.ones((1, length), dtype=torch.long, device=model.device)
        self.repeat(rows)

    def repeat(self, times: int) -> None:
        """Each row so many times, one beside the other."""
        if times > 1 and self._cache.get_seq_length():
            self._cache.batch_repeat_interleave(times)
        self._lengths = self._lengths.repeat_interleave(times)
        self._mask = self._mask.repeat_interleave(times, dim=0)

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only."""
        chosen = torch.tensor(rows, device=self._mask.device)
        self._cache.batch_select_indices(chosen)
        self._lengths = self._lengths[chosen]
        self._mask = self._mask[chosen]

    def advance(self, pieces: Sequence[Sequence[int]], *, last: int = 1) -> torch.Tensor:
        """Read a piece of at least one token a row.

        Returns:
            (rows, last, vocabulary) the logits after each of the last tokens, at the right of each row.
        """
        width = max(len(piece) for piece in pieces)
        tokens = torch.tensor([[0] * (width - len(piece)) + list(piece) for piece in pieces], device=self._mask.device)
        counts = torch.tensor([len(piece) for piece in pieces], device=self._mask.device)
        places = torch.arange(width, device=self._mask.device) - (width - counts)[:, None]
        self._mask = torch.cat([self._mask, (places >= 0).long()], dim=1)
        logits: torch.Tensor = self._model(
            input_ids=tokens,
            attention_mask=self._mask,
            position_ids=(self._lengths[:, None] + places).clamp(min=0),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=last,
        ).logits.float()
        self._lengths = self._lengths + counts
        return logits
