from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from hcplens.embeddings.tagging.adapters import AdaptedLinear, adapt, merge
from hcplens.embeddings.tagging.bodies import load_body

IDS = torch.tensor([[101, 2054, 2003, 102], [101, 7592, 102, 0]])
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])


@pytest.fixture
def body(tiny_encoder: Path) -> PreTrainedModel:
    body = load_body(tiny_encoder)
    body.train(False)
    return body


def output(body: PreTrainedModel) -> Tensor:
    with torch.no_grad():
        return torch.as_tensor(body(input_ids=IDS, attention_mask=MASK)[0])


def adapters(body: nn.Module) -> list[AdaptedLinear]:
    return [module for module in body.modules() if isinstance(module, AdaptedLinear)]


def speak(body: nn.Module) -> None:
    """Give every adapter something to say."""
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for adapter in adapters(body):
            adapter.up.copy_(torch.randn(adapter.up.shape, generator=generator) * 0.1)


def test_an_untrained_adapter_changes_nothing(body: PreTrainedModel) -> None:
    before = output(body)
    adapt(body, rank=4)
    assert torch.equal(output(body), before)


def test_only_adapters_learn(body: PreTrainedModel) -> None:
    linear = [module for module in body.modules() if isinstance(module, nn.Linear)]
    adapt(body, rank=4)
    learning = {name for name, weight in body.named_parameters() if weight.requires_grad}
    assert len(adapters(body)) == len(linear) > 0
    assert len(learning) == 2 * len(linear)
    assert all(name.endswith((".down", ".up")) for name in learning)


def test_a_step_of_training_leaves_the_body_as_it_was(body: PreTrainedModel) -> None:
    adapt(body, rank=4)
    speak(body)
    before = {name: weight.clone() for name, weight in body.named_parameters()}
    optimizer = torch.optim.SGD([weight for weight in body.parameters() if weight.requires_grad], lr=1.0)
    body(input_ids=IDS, attention_mask=MASK)[0][..., 0].sum().backward()
    optimizer.step()
    for name, weight in body.named_parameters():
        assert torch.equal(weight, before[name]) != name.endswith((".down", ".up"))


def test_a_merged_body_says_the_same_without_adapters(body: PreTrainedModel) -> None:
    plain = output(body)
    adapt(body, rank=4)
    speak(body)
    adapted = output(body)
    merge(body)
    assert not adapters(body)
    assert torch.allclose(output(body), adapted, atol=1e-5)
    assert not torch.allclose(adapted, plain, atol=1e-2)


def test_merging_a_body_without_adapters_changes_nothing(body: PreTrainedModel) -> None:
    before = output(body)
    merge(body)
    assert torch.equal(output(body), before)
