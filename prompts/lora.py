"""Low-rank adapters (LoRA; Hu et al., 2022) for causal models; imported only where one is loaded: peft is heavy.

All lessons of a step share one system text, which is read once a step and learned through.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.helpers import disable_input_dtype_casting
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch.optim.lr_scheduler import LambdaLR

from ..errors import InputError
from .adapter import WEIGHTS
from .chat_tokens import ChatTokenizer
from .checkpoint import Checkpoint
from .continuation import Continuation, read_prefix
from .likelihood import answer_enders, log_probability
from .tuning import Lesson, TuningOptions

_WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
_LONGEST_STEP = 1.0
"""Norm at which gradients are clipped."""
_BATCHES_SORTED = 20
"""Batches whose lessons are sorted by length together, so that little is padding."""
_ALPHA = 2
"""How strongly an adapter speaks, whatever its rank."""


@dataclass(frozen=True)
class _Tokens:
    """A lesson: the system text with its frame, the rest of the question, the right answer."""

    prefix: tuple[int, ...]
    rest: tuple[int, ...]
    answer: tuple[int, ...]


def trained_adapter(
    checkpoint: Checkpoint,
    lessons: Sequence[Lesson],
    options: TuningOptions,
    seen: Callable[[int, float], None] = lambda lessons, loss: None,
) -> PeftModel:
    """The model with an adapter beside every linear layer, which learned the answers and nothing of the questions.

    Raises:
        InputError: a lesson is longer than the model reads.
    """
    examples = _tokenized(checkpoint, lessons)
    enders = answer_enders(checkpoint)
    with torch.random.fork_rng():
        torch.manual_seed(options.seed)
        model = _adapted(checkpoint.model, options)
        learned = [weight for weight in model.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(learned, lr=options.rate, weight_decay=0.0)
        batches = list(_batches(examples, options))
        warm = max(1.0, _WARM_UP * len(batches))
        schedule = LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / warm) * (1 - step / len(batches)))
        for batch in batches:
            with _arithmetic(model):
                loss = _loss(model, batch, enders)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learned, _LONGEST_STEP)
            optimizer.step()
            schedule.step()
            seen(len(batch), float(loss.detach()))
    return model.eval()


def save_adapter(model: PeftModel, folder: Path) -> None:
    """Write configuration and weights (bfloat16) as peft reads them, without names of this machine."""
    weights = get_peft_model_state_dict(model, save_embedding_layers=False)  # "auto" would ask the model hub
    save_file({name: weight.to(torch.bfloat16).contiguous() for name, weight in weights.items()}, folder / WEIGHTS)
    config: Any = model.peft_config["default"]
    config.base_model_name_or_path = None
    config.inference_mode = True
    config.target_modules = sorted(config.target_modules)
    config.save_pretrained(str(folder))


def with_adapter(checkpoint: Checkpoint, folder: Path) -> Checkpoint:
    """The model with what its adapter learned added to its own weights: as fast as without.

    Raises:
        InputError: peft cannot read the adapter, or it does not fit the model.
    """
    try:
        with _without_hints_to_peft():
            adapted = PeftModel.from_pretrained(checkpoint.model, str(folder), local_files_only=True)
        merged: Any = adapted.merge_and_unload()
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as e:
        raise InputError(f"{folder} cannot be loaded as an adapter: {e}") from e
    return Checkpoint(merged.eval(), checkpoint.tokenizer)


def _adapted(model: Any, options: TuningOptions) -> PeftModel:
    config = LoraConfig(
        r=options.rank,
        lora_alpha=_ALPHA * options.rank,
        target_modules="all-linear",
        exclude_modules=_resting(model.config.get_text_config().num_hidden_layers, options.upper),
        task_type="CAUSAL_LM",
    )
    with _without_hints_to_peft():
        adapted: PeftModel = get_peft_model(model, config)
    model.get_output_embeddings().register_forward_pre_hook(_as_one_block)
    if adapted.device.type == "cpu":  # the backward pass of torch's fused attention is slow there
        model.set_attn_implementation("eager")
    return adapted.train()


def _as_one_block(layer: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A slice of hidden states in memory of its own: else autocast copies the vocabulary's weights for each row."""
    return (values[0].contiguous(), *values[1:])


def _resting(layers: int, upper: float) -> str | None:
    """A pattern of the names of what lies in the lower layers."""
    lower = range(layers - max(1, round(upper * layers)))
    return rf".*\.(layers|h|blocks)\.({'|'.join(map(str, lower))})\..*" if lower else None


@contextmanager
def _arithmetic(model: PeftModel) -> Iterator[None]:
    """That of the model's own weights where it is bfloat16: the adapter's float32 weights are rounded for it."""
    with ExitStack() as stack:
        if model.dtype == torch.bfloat16:
            stack.enter_context(torch.autocast(model.device.type, torch.bfloat16))
            stack.enter_context(disable_input_dtype_casting(model))
        yield


@contextmanager
def _without_hints_to_peft() -> Iterator[None]:
    """Without what transformers tells whoever calls it by a name that will go, which is peft."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        yield


def _tokenized(checkpoint: Checkpoint, lessons: Sequence[Lesson]) -> list[_Tokens]:
    chat = ChatTokenizer(checkpoint.tokenizer)
    longest = getattr(checkpoint.model.config.get_text_config(), "max_position_embeddings", None)
    examples = []
    for lesson in lessons:
        prompt = chat.tokens(lesson.request.system, lesson.request.user)
        example = _Tokens(prompt.prefix, prompt.rest, tuple(chat.text(lesson.answer)))
        needed = sum(map(len, (example.prefix, example.rest, example.answer)))
        if longest is not None and needed > longest:
            raise InputError(f"a lesson needs {needed} tokens, and the model reads {longest}")
        examples.append(example)
    return examples


def _batches(examples: Sequence[_Tokens], options: TuningOptions) -> Iterator[list[_Tokens]]:
    """Lessons with one system text and of like length together, in random order, as often as there are epochs."""
    shuffler = np.random.default_rng(options.seed)
    by_prefix: dict[tuple[int, ...], list[_Tokens]] = {}
    for example in examples:
        by_prefix.setdefault(example.prefix, []).append(example)
    for _ in range(options.epochs):
        batches = [batch for same in by_prefix.values() for batch in _of_like_length(same, options.batch, shuffler)]
        yield from (batches[number] for number in shuffler.permutation(len(batches)))


def _of_like_length(examples: Sequence[_Tokens], size: int, shuffler: np.random.Generator) -> Iterator[list[_Tokens]]:
    order = [examples[place] for place in shuffler.permutation(len(examples))]
    for start in range(0, len(order), size * _BATCHES_SORTED):
        some = sorted(order[start : start + size * _BATCHES_SORTED], key=lambda example: len(example.rest))
        yield from (some[first : first + size] for first in range(0, len(some), size))


def _loss(model: PeftModel, batch: Sequence[_Tokens], enders: Sequence[int]) -> torch.Tensor:
    """How unlikely the right answers are, end included: the mean of their negative log-probabilities."""
    prefix = batch[0].prefix
    texts = Continuation(model, read_prefix(model, prefix), len(prefix), len(batch))
    longest = max(len(example.answer) for example in batch) + 1
    logits = texts.advance([example.rest + example.answer for example in batch], last=longest)
    likelihoods = [
        log_probability(example.answer, after[-len(example.answer) - 1 :], enders)
        for example, after in zip(batch, logits, strict=True)
    ]
    return -torch.stack(likelihoods).mean()
