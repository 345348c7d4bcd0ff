from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hcplens.embeddings.tagging.adapters import merge
from hcplens.embeddings.tagging.bodies import load_body, load_tokenizer, word_embeddings
from hcplens.embeddings.tagging.network import Reading, TagNetwork
from hcplens.embeddings.tagging.tokens import padded, tokenize
from hcplens.embeddings.tagging.training import train_network
from hcplens.embeddings.tagging.weights import put_arrays, trained_arrays

from .conftest import QUICK, SCHEME, labelled


@pytest.fixture(scope="module", params=[None, 4], ids=["whole body", "adapters"])
def network(request: pytest.FixtureRequest, tiny_encoder: Path) -> TagNetwork:
    return train_network(labelled(48), SCHEME, tiny_encoder, replace(QUICK, epochs=2, rank=request.param))


def read(network: TagNetwork, folder: Path) -> Reading:
    tokenizer = load_tokenizer(folder)
    texts = tokenize([text.text for text in labelled(6, seed=4)], tokenizer)
    with torch.no_grad():
        return Reading(*network(*padded(texts, tokenizer.pad_token_id)))


def is_adapter(name: str) -> bool:
    return name.endswith((".down", ".up"))


def test_a_network_put_together_again_reads_the_same(network: TagNetwork, tiny_encoder: Path) -> None:
    again = TagNetwork(load_body(tiny_encoder), SCHEME).eval()
    put_arrays(again, trained_arrays(network))
    merge(again.body)
    for one, other in zip(read(network, tiny_encoder), read(again, tiny_encoder), strict=True):
        assert torch.allclose(one, other, atol=2e-2)  # as far as float16 goes


def test_what_is_kept_is_all_that_training_changed(network: TagNetwork, tiny_encoder: Path) -> None:
    kept, body = trained_arrays(network), load_body(tiny_encoder)
    original = {f"body.{name}": weight for name, weight in body.named_parameters()}
    for name, weight in network.named_parameters():
        if name.startswith("body.") and name not in kept:
            assert torch.equal(weight, original[name.replace(".base.", ".")])
    ours, theirs = (word_embeddings(one).state_dict()["weight"] for one in (network.body, body))
    assert torch.equal(ours, theirs)
    assert {name for name, _ in network.named_parameters() if not name.startswith("body.")} < kept.keys()


def test_weights_are_kept_in_half_precision(network: TagNetwork) -> None:
    assert {array.dtype for array in trained_arrays(network).values()} == {np.dtype(np.float16)}


def test_a_body_with_adapters_keeps_those_alone(network: TagNetwork) -> None:
    of_body = [name for name in trained_arrays(network) if name.startswith("body.")]
    adapted = any(map(is_adapter, of_body))
    assert of_body
    assert all(is_adapter(name) == adapted for name in of_body)
    assert not any("word_embeddings" in name for name in of_body)


def test_putting_weights_twice_gives_the_same_weights(network: TagNetwork, tiny_encoder: Path) -> None:
    kept = trained_arrays(network)
    again = TagNetwork(load_body(tiny_encoder), SCHEME)
    put_arrays(again, kept)
    twice = trained_arrays(again)
    assert twice.keys() == kept.keys()
    assert all(np.array_equal(twice[name], kept[name]) for name in kept)


def test_weights_of_other_labels_or_another_network_are_refused(network: TagNetwork, tiny_encoder: Path) -> None:
    kept = trained_arrays(network)
    fewer = TagNetwork(load_body(tiny_encoder), replace(SCHEME, labels=SCHEME.labels[:2]))
    with pytest.raises(ValueError, match=r"the network has no weight .* of shape \(3,"):
        put_arrays(fewer, kept)
    with pytest.raises(ValueError, match=r"the network has no weight body\.layer"):
        put_arrays(TagNetwork(load_body(tiny_encoder), SCHEME), {**kept, "body.layer": np.zeros(3, dtype=np.float16)})
    del kept["attention.bias"]
    with pytest.raises(ValueError, match=r"there is no weight attention\.bias"):
        put_arrays(TagNetwork(load_body(tiny_encoder), SCHEME), kept)
