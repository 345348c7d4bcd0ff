"""A tagger's weights as they ship: what training changed, in half precision, over a body that everyone has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .adapters import AdaptedLinear, adapt
from .network import TagNetwork

BODY = "body."
"""What the names of the transformer's weights begin with."""

Arrays = dict[str, NDArray[np.float16]]


def trained_arrays(network: TagNetwork) -> Arrays:
    """Every weight that training may have changed, by name, as float16.

    A body that learned through adapters gives those alone; else all of it but its word embeddings.
    """
    names = trained_names(network)
    return {
        name: weight.detach().numpy().astype(np.float16) for name, weight in network.named_parameters() if name in names
    }


def trained_names(network: TagNetwork) -> set[str]:
    """The names of the weights that training may change."""
    adapted = _is_adapted(network)
    frozen = set(map(id, network.body.get_input_embeddings().parameters()))
    return {
        name
        for name, weight in network.named_parameters()
        if not (name.startswith(BODY) and (id(weight) in frozen or (adapted and not _is_adapter(name))))
    }


def put_arrays(network: TagNetwork, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Give an untrained network the weights of a trained one.

    Raises:
        ValueError: weights that the network lacks, misses, or has in another shape: another body or other labels.
    """
    rank = next((len(array) for name, array in arrays.items() if name.endswith(".down")), None)
    if rank is not None and not _is_adapted(network):
        adapt(network.body, rank)
    known = dict(network.named_parameters())
    if missing := sorted(trained_names(network) - arrays.keys()):
        raise ValueError(f"there is no weight {missing[0]} for the network")
    for name, array in arrays.items():
        if name not in known or known[name].shape != array.shape:
            raise ValueError(f"the network has no weight {name} of shape {array.shape}")
        _copy(known[name], array)


def _is_adapted(network: TagNetwork) -> bool:
    return any(isinstance(module, AdaptedLinear) for module in network.body.modules())


def _is_adapter(name: str) -> bool:
    return name.endswith((".down", ".up"))


def _copy(weight: nn.Parameter, array: NDArray[Any]) -> None:
    with torch.no_grad():
        source: Tensor = torch.from_numpy(np.asarray(array, dtype=np.float32))
        weight.copy_(source)
