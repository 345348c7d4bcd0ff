from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import MPNetConfig, MPNetModel, PreTrainedModel

from hcplens.embeddings.tagging.bodies import load_body
from hcplens.embeddings.tagging.packing import FILLED_TO, Batch, token_vectors


def batch(rows: int, length: int, *, missing: int = 0) -> Batch:
    """Texts of so many tokens, the last of which lacks some."""
    ids = torch.randint(5, 90, (rows, length), generator=torch.Generator().manual_seed(rows + length))
    mask = torch.ones_like(ids)
    if missing:
        mask[-1, -missing:] = 0
    return Batch(ids, mask)


MIXED = [batch(3, 4), batch(2, 12, missing=3), batch(70, 16, missing=1), batch(1, 40)]


@pytest.fixture(scope="module")
def body(tiny_encoder: Path) -> PreTrainedModel:
    return load_body(tiny_encoder)


def plain(body: PreTrainedModel, texts: Batch) -> Tensor:
    """Vectors (words, D) of the tokens by the body's own way."""
    return Tensor(body(input_ids=texts.ids, attention_mask=texts.mask)[0][texts.mask.bool()])


@torch.inference_mode()
def test_every_text_is_read_as_if_its_batch_stood_alone(body: PreTrainedModel) -> None:
    for found, texts in zip(token_vectors(body, MIXED), MIXED, strict=True):
        assert found.shape[:2] == texts.ids.shape
        assert torch.allclose(found[texts.mask.bool()], plain(body, texts), atol=1e-5)


@torch.inference_mode()
def test_another_transformer_reads_batch_by_batch() -> None:
    config = MPNetConfig(
        vocab_size=100,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    other = MPNetModel(config)
    for found, texts in zip(token_vectors(other, MIXED), MIXED, strict=True):
        assert torch.allclose(found[texts.mask.bool()], plain(other, texts), atol=1e-5)


@torch.inference_mode()
def test_linear_layers_meet_few_numbers_of_rows(body: PreTrainedModel, watched_rows: Callable[[], set[int]]) -> None:
    for rows in range(1, 60):
        token_vectors(body, [batch(rows, 12), batch(1, 4 * rows)])
    assert watched_rows() == {FILLED_TO * times for times in range(1, 5)}


@pytest.fixture
def watched_rows(body: PreTrainedModel) -> Iterator[Callable[[], set[int]]]:
    """Tells how many rows the linear layers have multiplied."""
    rows: set[int] = set()
    hooks = [
        module.register_forward_pre_hook(lambda _, inputs: rows.add(inputs[0].numel() // inputs[0].shape[-1]))
        for module in body.modules()
        if isinstance(module, torch.nn.Linear)
    ]
    yield lambda: rows
    for hook in hooks:
        hook.remove()
