"""Narrower layers: a body that has been taught well keeps only the inner neurons that speak, and reads faster.

Two thirds of a transformer's work is in its feed-forward steps. Of each, the neurons that move its output least are
taken out (structured pruning by activation: Molchanov et al., ICLR 2017); training afterwards makes up for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import PreTrainedModel

_INTO, _OUT_OF = "intermediate.dense", "output.dense"
"""What a layer calls the two halves of its feed-forward step, in the BERT family."""


def narrow(body: PreTrainedModel, batches: Iterable[tuple[Tensor, Tensor]], neurons: int) -> None:
    """Leave the neurons of each feed-forward step that say most about some texts.

    Args:
        body: changed in place; a step that is no wider is left as it is.
        batches: token numbers (B, T) and masks (B, T) of texts such as it will read.
        neurons: how many stay, of each step.
    """
    steps = _feed_forward_steps(body)
    for step, spoken in zip(steps, _spoken(body, steps, batches), strict=True):
        if neurons < len(spoken):
            _keep(*step, spoken.argsort(descending=True)[:neurons].sort().values)


def narrow_to(body: PreTrainedModel, arrays: Mapping[str, NDArray[Any]], prefix: str) -> None:
    """Give the feed-forward steps the width of trained weights, which are named as the body's behind `prefix`."""
    names = {id(layer): name for name, layer in body.named_modules()}
    for into, out in _feed_forward_steps(body):
        array = arrays.get(f"{prefix}{names[id(into)]}.weight")
        if array is not None and len(array) < into.out_features:
            _keep(into, out, torch.arange(len(array)))


def _feed_forward_steps(body: nn.Module) -> list[tuple[nn.Linear, nn.Linear]]:
    layers = dict(body.named_modules())
    pairs = (
        (layer, layers.get(name.removesuffix(_INTO) + _OUT_OF))
        for name, layer in layers.items()
        if name.endswith(_INTO)
    )
    return [(into, out) for into, out in pairs if isinstance(into, nn.Linear) and isinstance(out, nn.Linear)]


def _spoken(
    body: PreTrainedModel, steps: Sequence[tuple[nn.Linear, nn.Linear]], batches: Iterable[tuple[Tensor, Tensor]]
) -> list[Tensor]:
    """How far each neuron moves what its step gives, summed over the tokens of some texts."""
    totals = [torch.zeros(out.in_features, device=out.weight.device) for _, out in steps]
    words = torch.empty(0)

    def listening(total: Tensor) -> Any:
        def listen(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            total.add_((inputs[0].abs() * words).sum(dim=(0, 1)))

        return listen

    heard = [out.register_forward_pre_hook(listening(total)) for total, (_, out) in zip(totals, steps, strict=True)]
    with torch.inference_mode():
        for ids, mask in batches:
            words = mask[..., None]
            body(input_ids=ids, attention_mask=mask)
    for hook in heard:
        hook.remove()
    return [total * out.weight.norm(dim=0) for total, (_, out) in zip(totals, steps, strict=True)]


def _keep(into: nn.Linear, out: nn.Linear, neurons: Tensor) -> None:
    with torch.no_grad():
        into.weight = nn.Parameter(into.weight[neurons])
        into.bias = nn.Parameter(into.bias[neurons])
        out.weight = nn.Parameter(out.weight[:, neurons])
    into.out_features = out.in_features = len(neurons)
