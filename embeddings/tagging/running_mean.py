"""The mean of the weights over the last steps: it generalises better than the last ones (Polyak & Juditsky, 1992)."""

from __future__ import annotations

import torch

from .network import TagNetwork

_EVERY = 4
"""Steps between two updates: each costs as much as an optimizer's step."""


class RunningMean:
    """Exponential moving average of the trained weights of a network.

    Args:
        network: whose weights.
        memory: share of the average that one step leaves, such as 0.998.
    """

    def __init__(self, network: TagNetwork, memory: float) -> None:
        self._memory = memory
        self._weights = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        self._mean = {name: weight.detach().clone() for name, weight in self._weights.items()}
        self._steps = 0

    def update(self) -> None:
        """Take a step of training into account; early steps are soon forgotten."""
        self._steps += 1
        if self._steps % _EVERY:
            return
        updates = self._steps // _EVERY
        kept = min(self._memory**_EVERY, updates / (updates + 9))  # what training began with is soon forgotten
        if updates == 1:
            kept = 0.0
        with torch.no_grad():
            for name, weight in self._weights.items():
                self._mean[name].lerp_(weight, 1 - kept)

    def put(self) -> None:
        """Give the network the mean in place of its last weights, unless there were too few steps for one."""
        if self._steps < _EVERY:
            return
        with torch.no_grad():
            for name, weight in self._weights.items():
                weight.copy_(self._mean[name])
