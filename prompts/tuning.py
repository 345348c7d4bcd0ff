"""A local model learns how questions are to be answered: its own weights rest, an adapter beside them learns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..precision import Precision
from .adapter import AdapterCard, require_peft
from .checkpoint import best_device, best_precision, checkpoint_digest, load_checkpoint
from .language_model import ChoiceRequest


@dataclass(frozen=True)
class Lesson:
    """A question and which of its choices is right.

    Raises:
        InputError: the answer is none of the choices.
    """

    request: ChoiceRequest
    answer: str

    def __post_init__(self) -> None:
        if self.answer not in self.request.choices:
            raise InputError(f"the answer is {self.answer!r}: choose one of {self.request.choices}")


@dataclass(frozen=True)
class TuningOptions:
    """How an adapter is trained.

    Attributes:
        rank: of the two thin matrices beside each linear layer.
        upper: the share of the transformer's layers that learn, from the top; the others rest, which saves time.
        rate: the highest learning rate, reached after a tenth of the steps; it falls to 0 in the end.
        epochs: how often each lesson is seen.
        batch: lessons a step.
        seed: of the first weights and of the order.
    """

    rank: int = 16
    upper: float = 0.5
    rate: float = 4e-4
    epochs: int = 1
    batch: int = 8
    seed: int = 7


def tune(
    path: Path,
    lessons: Sequence[Lesson],
    folder: Path,
    options: TuningOptions | None = None,
    *,
    learned_from: Collection[int] = (),
    device: str | None = None,
    precision: Precision | None = None,
    seen: Callable[[int, float], None] = lambda lessons, loss: None,
) -> AdapterCard:
    """Train an adapter for a model and write it into an empty folder.

    The same lessons, options, device and number of threads give the same adapter.

    Args:
        path: the model, as `LocalModel` takes it.
        lessons: at least one.
        folder: for the adapter's files.
        options: how.
        learned_from: digests of the texts that the lessons are about, for the card.
        device: as `LocalModel` takes it.
        precision: of the model's own weights.
        seen: is told after each step of how many lessons it was, and their mean loss.

    Raises:
        InputError: there is no lesson, no model, or one question is longer than the model reads.
        HcplensError: the extra llm is not installed.
    """
    if not lessons:
        raise InputError("there is no lesson to learn from")
    require_peft()
    options = options or TuningOptions()
    device = device or best_device()
    checkpoint = load_checkpoint(path, device, precision or best_precision(device))
    from .lora import save_adapter, trained_adapter

    save_adapter(trained_adapter(checkpoint, lessons, options, seen), folder)
    asked = {f"{lesson.request.prompt.name} {lesson.request.prompt.version}" for lesson in lessons}
    card = AdapterCard(
        base_model=path.name,
        base_digest=checkpoint_digest(path),
        prompts=tuple(sorted(asked)),
        lessons=len(lessons),
        seed=options.seed,
        learned_from=frozenset(learned_from),
    )
    card.save(folder)
    return card
