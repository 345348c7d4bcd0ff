from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import PreTrainedModel

from hcplens.embeddings.tagging import WindowTagger, tag
from hcplens.embeddings.tagging.bodies import load_body, still
from hcplens.embeddings.tagging.narrowing import narrow
from hcplens.embeddings.tagging.network import TagNetwork
from hcplens.embeddings.tagging.training import train_network
from hcplens.embeddings.tagging.weights import put_arrays, trained_arrays

from .conftest import QUICK, SCHEME, labelled

IDS = torch.tensor([[1, 5, 6, 2], [1, 7, 2, 0]])
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])


def widths(body: nn.Module) -> list[int]:
    return [len(weight) for name, weight in body.named_parameters() if name.endswith("intermediate.dense.weight")]


@pytest.fixture
def body(tiny_encoder: Path) -> PreTrainedModel:
    return still(load_body(tiny_encoder))


def test_neurons_that_say_nothing_are_taken_out_and_nothing_changes(body: PreTrainedModel) -> None:
    full = widths(body)
    kept = full[0] // 2
    with torch.no_grad():
        for name, weight in body.named_parameters():
            if name.endswith("output.dense.weight") and weight.shape[1] == full[0]:
                weight[:, ::2] = 0.0
        before = body(input_ids=IDS, attention_mask=MASK)[0]
        narrow(body, [(IDS, MASK)], kept)
        after = body(input_ids=IDS, attention_mask=MASK)[0]
    assert widths(body) == [kept] * len(full)
    assert after.numpy() == pytest.approx(before.numpy(), abs=1e-5)


def test_a_step_that_is_narrow_enough_stays_as_it_is(body: PreTrainedModel) -> None:
    before = {name: weight.detach().clone() for name, weight in body.named_parameters()}
    narrow(body, [(IDS, MASK)], widths(body)[0])
    assert all(torch.equal(weight, before[name]) for name, weight in body.named_parameters())


def test_padding_does_not_speak(body: PreTrainedModel, tiny_encoder: Path) -> None:
    """A text alone and beside a longer one, with which it is padded, chooses the same neurons."""
    other = still(load_body(tiny_encoder))
    half = widths(body)[0] // 2
    short = IDS[1:, :3], MASK[1:, :3]
    narrow(body, [short, short], half)
    narrow(other, [(IDS[1:], MASK[1:])], half)
    for one, same in zip(body.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, same)


def test_a_narrow_tagger_learns_is_kept_and_read_again(tiny_encoder: Path) -> None:
    texts, new = labelled(160), labelled(60, seed=5)
    full = widths(load_body(tiny_encoder))
    start = trained_arrays(train_network(texts, SCHEME, tiny_encoder, QUICK))
    options = replace(QUICK, epochs=6, neurons=full[0] // 4)
    arrays = trained_arrays(train_network(texts, SCHEME, tiny_encoder, options, start=start))
    network = TagNetwork(load_body(tiny_encoder), SCHEME)
    put_arrays(network, arrays)
    assert widths(network.body) == [full[0] // 4] * len(full)
    reader = WindowTagger(arrays, SCHEME, tiny_encoder, digest="", evidence_bias=0.0)
    found = tag([text.text for text in new], reader, SCHEME).log_odds > 0
    truth = [[label in {span.label for span in text.spans} for label in range(3)] for text in new]
    assert (found == truth).mean() > 0.85
