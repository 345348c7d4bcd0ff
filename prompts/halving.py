"""Batches that turn out to be too large for the memory of their device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from .language_model import Completion, Failure

Asked = TypeVar("Asked")


def in_halves(
    answer: Callable[[Sequence[Asked]], list[Completion | Failure]], batch: Sequence[Asked]
) -> list[Completion | Failure]:
    """What is answered of a batch; where memory runs out, of each half of it, down to single requests."""
    import torch

    middle = len(batch) // 2
    try:
        return answer(batch)
    except torch.OutOfMemoryError:
        if middle == 0:
            return [Failure("the device has too little memory for this request")]
    return [*in_halves(answer, batch[:middle]), *in_halves(answer, batch[middle:])]
