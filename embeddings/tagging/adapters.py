"""Low-rank adapters (LoRA; Hu et al., 2022): a large body learns through thin matrices beside its own, which rest."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

ALPHA = 2.0
"""How strongly an adapter speaks, whatever its rank."""


class AdaptedLinear(nn.Module):
    """A linear layer that rests, and a trained product of two thin matrices added to it."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.empty(rank, base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, values: Tensor) -> Tensor:
        """What the layer makes of its input (…, in), as (…, out)."""
        adapted: Tensor = self.base(values) + ALPHA * nn.functional.linear(
            nn.functional.linear(values, self.down), self.up
        )
        return adapted

    def merged(self) -> nn.Linear:
        """The layer with its adapter added to its own weights."""
        with torch.no_grad():
            self.base.weight += ALPHA * (self.up @ self.down).to(self.base.weight.dtype)
        return self.base


def adapt(body: PreTrainedModel, rank: int) -> None:
    """Put an adapter beside every linear layer of the body, and let everything else rest."""
    body.requires_grad_(False)
    for parent, name, layer in _linear_layers(body):
        setattr(parent, name, AdaptedLinear(layer, rank))


def merge(body: PreTrainedModel) -> None:
    """Add every adapter to its layer: afterwards the body is as large and as fast as without."""
    for parent in list(body.modules()):
        for name, layer in list(parent.named_children()):
            if isinstance(layer, AdaptedLinear):
                setattr(parent, name, layer.merged())


def _linear_layers(body: nn.Module) -> list[tuple[nn.Module, str, nn.Linear]]:
    return [
        (parent, name, layer)
        for parent in body.modules()
        for name, layer in parent.named_children()
        if isinstance(layer, nn.Linear)
    ]
