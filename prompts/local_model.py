"""A causal model of transformers on this machine: answers held to their schema, choices scored by their likelihood."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..errors import InputError
from ..precision import Precision
from .adapter import AdapterCard, adapter_digest, require_peft
from .checkpoint import best_device, best_precision, checkpoint_digest, checkpoint_files, load_checkpoint
from .halving import in_halves
from .language_model import ChoiceRequest, Completion, Failure, Outcome, Request

if TYPE_CHECKING:
    from .local_engine import LocalEngine

Asked = TypeVar("Asked", Request, ChoiceRequest)


class LocalModel:
    """A model file, loaded at the first question that no cache answers.

    Requests with the same system text are answered together, and that text is read once for all of them. What is
    answered may depend, in the last bits of its arithmetic, on what shares its batch; keep answers in an AnswerCache
    where a re-run must say the same. One thread at a time may ask.

    Args:
        path: a .gguf file, or a folder as transformers writes it (config, tokenizer, safetensors).
        adapter: a folder that `tune` wrote for this model; its weights are merged into the model's own.
        device: such as "cpu" or "cuda:1"; the first GPU by default, else the CPU.
        precision: bfloat16 by default where the device computes in it, else float32.
        batch_size: requests, or choices of requests, that are read at once; halved as often as memory runs out.

    Raises:
        InputError: there is no model at the path, the adapter is none or was tuned for another model, or a batch has no
            room.
    """

    def __init__(
        self,
        path: Path,
        *,
        adapter: Path | None = None,
        device: str | None = None,
        precision: Precision | None = None,
        batch_size: int = 8,
    ) -> None:
        if batch_size < 1:
            raise InputError(f"batch_size is {batch_size}: a batch has room for at least 1")
        checkpoint_files(path)
        if adapter:
            require_peft()
            AdapterCard.load(adapter).require_base(path)
        self._path, self._adapter = path, adapter
        self._device = device or best_device()
        self._precision: Precision = precision or best_precision(self._device)
        self._batch_size = batch_size

    @property
    def name(self) -> str:
        """The file's or the folder's name, and the adapter's."""
        return f"{self._path.name}+{self._adapter.name}" if self._adapter else self._path.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model's files, of the precision and of the adapter."""
        parts = [checkpoint_digest(self._path), self._precision]
        if self._adapter:
            parts.append(adapter_digest(self._adapter))
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    @property
    def can_score(self) -> bool:
        """It can."""
        return True

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        """Answers batch by batch; one that is too long, or is not finished in time, is a failure."""
        return self._outcomes(requests, lambda batch: self._engine.complete(batch), rows=lambda request: 1)

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        """How likely it is that the model answers with a choice and then ends; every token of the choice counts."""
        return self._outcomes(requests, lambda batch: self._engine.score(batch), rows=lambda each: len(each.choices))

    @cached_property
    def _engine(self) -> LocalEngine:
        from .local_engine import LocalEngine

        checkpoint = load_checkpoint(self._path, self._device, self._precision)
        if self._adapter:
            from .lora import with_adapter

            checkpoint = with_adapter(checkpoint, self._adapter)
        return LocalEngine(checkpoint)

    def _outcomes(
        self,
        requests: Sequence[Asked],
        answer: Callable[[Sequence[Asked]], list[Completion | Failure]],
        rows: Callable[[Asked], int],
    ) -> Iterator[Outcome]:
        for places in _batches(requests, rows, self._batch_size):
            results = in_halves(answer, [requests[place] for place in places])
            yield from (Outcome(place, result) for place, result in zip(places, results, strict=True))


def _batches(requests: Sequence[Asked], rows: Callable[[Asked], int], size: int) -> Iterator[list[int]]:
    """Places of requests with one system text and as many rows each, those of like length together, longest first."""
    by_kind: dict[tuple[str, int], list[int]] = {}
    for place, request in enumerate(requests):
        by_kind.setdefault((request.system, rows(request)), []).append(place)
    for (_, per_request), places in by_kind.items():
        places.sort(key=lambda place: -len(requests[place].user))
        at_once = max(1, size // per_request)
        yield from (places[start : start + at_once] for start in range(0, len(places), at_once))
