"""Training the network that reads in context which words identify a patient."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ...precision import native_precision
from .context_reader import ContextNetwork, PieceText, padded
from .marked_notes import LessonOptions, Lessons, MarkedNote, MarkedWords

_LONGEST = 500
"""Pieces of a note that are learned from."""


@dataclass(frozen=True)
class ContextOptions(LessonOptions):
    """How the network is trained, besides what it goes through.

    Attributes:
        rate: highest learning rate of the transformer; the answer learns ten times as fast.
        weight: of a word that identifies beside one that does not: recall comes before precision.
    """

    epochs: int = 3
    repeats: int = 2
    rate: float = 1.2e-4
    weight: float = 2.0


def train_context(
    notes: Sequence[MarkedNote],
    familiarity: Mapping[str, int],
    options: ContextOptions | None = None,
    *,
    seen: Callable[[int, int], None] = lambda steps, of: None,
) -> dict[str, NDArray[np.float32]]:
    """Fine-tune the network; what it learned, for `ContextReader`. The same notes and seed give the same.

    Args:
        notes: with the identifiers marked, all of them; at least one has some.
        familiarity: of common words, as `familiarity_of` counts it.
        options: how.
        seen: told after every hundredth step how many are done, of how many.
    """
    options = options or ContextOptions()
    lessons = Lessons(notes, familiarity, options, random.Random(options.seed))
    steps = options.epochs * lessons.steps
    with torch.random.fork_rng():
        torch.manual_seed(options.seed)
        network = ContextNetwork().train()
        body = [weight for weight in network.body.parameters() if weight.requires_grad]
        groups: list[dict[str, Any]] = [
            {"params": body, "lr": options.rate},
            {"params": list(network.answer.parameters()), "lr": 10 * options.rate},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / 80) * max(0.0, 1 - step / steps)
        )
        batches = (batch for _ in range(options.epochs) for batch in lessons.epoch())
        for step, batch in enumerate(batches, start=1):
            loss = _loss(network, batch, torch.tensor(options.weight))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            if step % 100 == 0 or step == steps:
                seen(step, steps)
    return network.learned()


def _loss(network: ContextNetwork, notes: Sequence[MarkedWords], weight: Tensor) -> Tensor:
    texts = [_cut(PieceText.of(note.words)) for note in notes]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=native_precision() == "bfloat16"):
        log_odds = network(padded(texts)).float()
    answers = torch.cat([log_odds[row, list(text.begins)] for row, text in enumerate(texts)])
    marked = [mark for note, text in zip(notes, texts, strict=True) for mark in note.marked[: len(text.begins)]]
    return binary_cross_entropy_with_logits(answers, torch.tensor(marked, dtype=torch.float32), pos_weight=weight)


def _cut(text: PieceText) -> PieceText:
    begins = tuple(begin for begin in text.begins if begin < _LONGEST)
    return PieceText(text.ids[:_LONGEST], text.casings[:_LONGEST], begins)
