"""How likely a model is to give an answer and then to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from ..errors import InputError
from .checkpoint import Checkpoint


def log_probability(answer: Sequence[int], logits: torch.Tensor, enders: Sequence[int]) -> torch.Tensor:
    """Of the answer's n tokens and any token that ends it; `logits` (n + 1, vocabulary) precede each of them."""
    logs = torch.log_softmax(logits, dim=-1)
    of_tokens = logs[torch.arange(len(answer)), torch.tensor(answer)].sum()
    return of_tokens + torch.logsumexp(logs[-1, torch.tensor(enders)], dim=0)


def answer_enders(checkpoint: Checkpoint) -> tuple[int, ...]:
    """Tokens that end an answer: a model may know several; raises InputError where it names none."""
    named: Any = checkpoint.model.generation_config.eos_token_id
    found = named if isinstance(named, list) else [named, checkpoint.tokenizer.eos_token_id]
    enders = tuple(dict.fromkeys(int(token) for token in found if token is not None))
    if not enders:
        raise InputError("the model names no token that ends an answer: set eos_token_id in its generation_config.json")
    return enders
