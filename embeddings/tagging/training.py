"""Training a tagger: the whole body, or thin adapters beside it, together with the heads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.optim.lr_scheduler import LambdaLR

from ...precision import native_precision
from .adapters import adapt
from .bodies import load_body, load_tokenizer, still, word_embeddings
from .examples import TaggedText, TagScheme
from .network import Reading, TagNetwork
from .options import TagOptions
from .running_mean import RunningMean
from .runs import Runs
from .tokens import TokenizedText, padded, places, tokenize
from .weights import put_arrays, trained_arrays

_WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
_LONGEST_STEP = 1.0
"""Norm at which gradients are clipped."""
_BATCHES_SORTED = 20
"""Batches whose texts are sorted by length together, so that little is padding."""


@dataclass(frozen=True)
class _Example:
    """A tokenized text, and its spans with token positions instead of characters."""

    tokens: TokenizedText
    labels: tuple[int, ...]
    marks: tuple[NDArray[np.bool_] | None, ...]
    choices: tuple[tuple[int, ...], ...]
    taught: tuple[float, ...]
    unasked: tuple[int, ...]


def train_network(
    texts: Sequence[TaggedText],
    scheme: TagScheme,
    body: Path,
    options: TagOptions,
    seen: Callable[[int], None] = lambda texts: None,
    *,
    start: Mapping[str, NDArray[Any]] = MappingProxyType({}),
    label_weights: Sequence[float] = (),
) -> TagNetwork:
    """Fit a network; `seen` is told how many texts each step has seen. The same seed and threads give the same one.

    A text that a stronger reader has read is learned half from its labels, half from what that reader says
    (distillation: Hinton et al., 2015).

    Args:
        texts: at least one.
        scheme: labels and choices that the spans' columns count in.
        body: folder of the transformer.
        options: how.
        seen: called after every step.
        start: weights of an earlier training over the same body, to go on from; what it lacks begins anew.
        label_weights: how much it counts, for each label, whether a text carries it; 1 for all if empty.
    """
    tokenizer = load_tokenizer(body)
    examples = [
        _example(text, tokens)
        for text, tokens in zip(texts, tokenize([text.text for text in texts], tokenizer), strict=True)
    ]
    weights = torch.tensor(label_weights or [1.0] * len(scheme.labels))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    with torch.random.fork_rng():
        torch.manual_seed(options.seed)
        network = TagNetwork(still(load_body(body)), scheme, dropout=options.dropout).to(device)
        _freeze(network, options)
        if start:
            put_arrays(network, {**trained_arrays(network), **start})
        network.train()
        mean = RunningMean(network, options.memory)
        epochs = epochs_for(len(examples), options)
        steps = epochs * math.ceil(len(examples) / options.batch)
        optimizer, schedule = _optimizer(network, options, steps)
        shuffler = np.random.default_rng(options.seed)
        for _ in range(epochs):
            for rows in _batches([len(example.tokens) for example in examples], options.batch, shuffler):
                batch = [examples[row] for row in rows]
                loss = _loss(network, batch, scheme, options, tokenizer, device, weights)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_STEP)
                optimizer.step()
                schedule.step()
                mean.update()
                seen(len(batch))
        mean.put()
    return network.eval().cpu()


def epochs_for(texts: int, options: TagOptions) -> int:
    """How often each text is seen."""
    return max(options.epochs, math.ceil(options.least_steps / math.ceil(texts / options.batch)))


def _example(text: TaggedText, tokens: TokenizedText) -> _Example:
    return _Example(
        tokens,
        tuple(span.label for span in text.spans),
        tuple(None if span.start is None else _mark(tokens, span.start, span.end or 0) for span in text.spans),
        tuple(span.choices for span in text.spans),
        text.taught,
        tuple(text.unasked),
    )


def _mark(tokens: TokenizedText, start: int, end: int) -> NDArray[np.bool_]:
    begins, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    return np.asarray((begins < end) & (ends > start) & (ends > begins))


def _freeze(network: TagNetwork, options: TagOptions) -> None:
    if options.rank is not None:
        adapt(network.body, options.rank)
    word_embeddings(network.body).requires_grad_(False)


def _optimizer(network: TagNetwork, options: TagOptions, steps: int) -> tuple[torch.optim.Optimizer, LambdaLR]:
    body = [weight for weight in network.body.parameters() if weight.requires_grad]
    heads = [weight for name, weight in network.named_parameters() if not name.startswith("body.")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": heads, "lr": options.head_rate}],
        weight_decay=0.01,
        fused=True,
    )
    warm = max(1.0, _WARM_UP * steps)
    return optimizer, LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / warm) * max(0.0, 1 - step / steps))


def _batches(lengths: Sequence[int], size: int, shuffler: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Row numbers by batch: near neighbours in length, in random order."""
    order = shuffler.permutation(len(lengths))
    sizes = np.asarray(lengths)
    batches = []
    for start in range(0, len(order), size * _BATCHES_SORTED):
        some = order[start : start + size * _BATCHES_SORTED]
        some = some[np.argsort(sizes[some], kind="stable")]
        batches += [some[i : i + size] for i in range(0, len(some), size)]
    for number in shuffler.permutation(len(batches)):
        yield batches[number]


def _loss(
    network: TagNetwork,
    batch: Sequence[_Example],
    scheme: TagScheme,
    options: TagOptions,
    tokenizer: Any,
    device: torch.device,
    label_weights: Tensor,
) -> Tensor:
    """Sum of what is wrong with labels, evidence and choices, per text."""
    ids, mask = padded([example.tokens for example in batch], tokenizer.pad_token_id)
    if options.hidden:
        hide = (torch.rand(ids.shape) < options.hidden) & mask.bool()
        hide[:, 0] = False
        ids = ids.masked_fill(hide, tokenizer.mask_token_id)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=_half(device)):
        reading = network(ids.to(device), mask.to(device))
    targets = _targets(batch, ids.shape[1], label_weights).to(device)
    by_label = binary_cross_entropy_with_logits(reading.whole, targets.carried, reduction="none")
    loss = (by_label * targets.known).sum(1).mean()
    loss = loss + options.evidence * _evidence_loss(reading, targets, mask.to(device))
    loss = loss + options.evidence * _bounds_loss(reading, batch, mask.to(device))
    loss = loss + options.runs * _runs_loss(reading, batch, mask.to(device))
    if not bool(targets.is_marked.any()):  # nobody marked words: the token head learns from the labels alone
        by_label = binary_cross_entropy_with_logits(reading.tokens.amax(dim=1), targets.carried, reduction="none")
        loss = loss + (by_label * targets.known).sum(1).mean()
    return loss + options.choice * _choice_loss(network, reading, batch, scheme)


def _half(device: torch.device) -> bool:
    return device.type == "cuda" or native_precision() == "bfloat16"


class _Targets(NamedTuple):
    """What B texts of T tokens should be read as, for K labels.

    `carried` (B, K) how surely each text carries each label; `marked` (B, T, K) which tokens show it; `is_marked`
    (B, K) whose words are marked; `asked` (B, K) which labels were looked for, and `known` (B, K) how much each counts:
    nothing, where nobody says anything of it.
    """

    carried: Tensor
    marked: Tensor
    is_marked: Tensor
    asked: Tensor
    known: Tensor

    def to(self, device: torch.device) -> _Targets:
        return _Targets(*(part.to(device) for part in self))


def _targets(batch: Sequence[_Example], length: int, label_weights: Tensor) -> _Targets:
    labels = len(label_weights)
    carried = torch.zeros(len(batch), labels)
    marked = torch.zeros(len(batch), length, labels)
    is_marked = torch.zeros(len(batch), labels)
    asked = torch.ones(len(batch), labels)
    known = torch.ones(len(batch), labels)
    for row, example in enumerate(batch):
        for label, mark in zip(example.labels, example.marks, strict=True):
            carried[row, label] = 1
            if mark is not None:
                marked[row, : len(mark), label] += torch.from_numpy(mark)
                is_marked[row, label] = 1
        asked[row, list(example.unasked)] = 0
        if example.taught:
            taught = torch.tensor(example.taught)
            carried[row] = torch.where(asked[row] > 0, (carried[row] + taught) / 2, taught)
        else:
            known[row] = asked[row]
    return _Targets(carried, marked.clamp(max=1), is_marked, asked, known * label_weights)


_ATTENTION = 0.3
"""Weight of the attention's loss beside the token head's."""


def _evidence_loss(reading: Reading, targets: _Targets, mask: Tensor) -> Tensor:
    """Tokens that show a label should say so and be attended to, all others not."""
    marked, is_marked = targets.marked, targets.is_marked
    if not bool(is_marked.any()):
        return reading.whole.new_zeros(())
    by_token = binary_cross_entropy_with_logits(reading.tokens, marked, reduction="none")
    by_token = torch.einsum("btk,bk->bt", by_token, targets.asked)
    tokens = (by_token * mask).sum() / mask.sum()
    attended = torch.log_softmax(reading.attention, dim=1).masked_fill(marked == 0, -1e4).logsumexp(dim=1)
    return tokens - _ATTENTION * (attended * is_marked).sum() / len(is_marked)


def _bounds_loss(reading: Reading, batch: Sequence[_Example], mask: Tensor) -> Tensor:
    """The first and the last token of any words that show a label should say so."""
    truth = torch.zeros(reading.bounds.shape)
    found = False
    for row, example in enumerate(batch):
        for mark in example.marks:
            if mark is not None and mark.any():
                tokens = np.flatnonzero(mark)
                truth[row, tokens[0], 0] = truth[row, tokens[-1], 1] = 1
                found = True
    if not found:
        return reading.whole.new_zeros(())
    by_token = binary_cross_entropy_with_logits(reading.bounds, truth.to(mask.device), reduction="none").sum(-1)
    return (by_token * mask).sum() / mask.sum()


def _runs_loss(reading: Reading, batch: Sequence[_Example], mask: Tensor) -> Tensor:
    """The marked run of tokens should be likelier than any other, as decoding scores them (a softmax over all runs)."""
    marked = [
        (row, label, *np.flatnonzero(mark)[[0, -1]])
        for row, example in enumerate(batch)
        for label, mark in zip(example.labels, example.marks, strict=True)
        if mark is not None and mark.any()
    ]
    if not marked:
        return reading.whole.new_zeros(())
    device = mask.device
    rows, labels, first, last = (torch.tensor([int(one[i]) for one in marked], device=device) for i in range(4))
    wordless, cuts, *_ = (some.to(device)[rows] for some in places([one.tokens for one in batch], mask.shape[1]))
    runs = Runs.of(reading.tokens[rows, :, labels], reading.bounds[rows], wordless, cuts)
    pairs = torch.arange(len(marked), device=device)
    return (runs.total() - runs.begins[pairs, first] - runs.ends[pairs, last]).sum() / len(batch)


def _choice_loss(network: TagNetwork, reading: Reading, batch: Sequence[_Example], scheme: TagScheme) -> Tensor:
    found = [
        (row, label, choices)
        for row, example in enumerate(batch)
        for label, choices in zip(example.labels, example.choices, strict=True)
        if choices
    ]
    if not found:
        return reading.whole.new_zeros(())
    device = reading.whole.device
    texts, labels = (torch.tensor([one[i] for one in found], device=device) for i in (0, 1))
    log_odds = network.choose(reading, texts, labels)
    truth = torch.tensor([one[2] for one in found], device=device)
    parts = torch.split(log_odds, [len(options) for options in scheme.choices], dim=1)
    losses = [cross_entropy(part, truth[:, i], reduction="sum") for i, part in enumerate(parts)]
    return torch.stack(losses).sum() / len(batch)
