from __future__ import annotations

from pathlib import Path

from hcplens.embeddings.tagging import TagOptions


def test_a_small_body_is_trained_whole_and_a_large_one_through_adapters(tiny_encoder: Path, tmp_path: Path) -> None:
    with (tmp_path / "model.safetensors").open("wb") as weights:
        weights.truncate(500_000_000)  # a hole: it takes no room
    assert TagOptions.suited_to(None, seed=3) == TagOptions.suited_to(tiny_encoder, seed=3) == TagOptions(seed=3)
    assert TagOptions.suited_to(tmp_path, seed=3).rank is not None
    assert TagOptions.suited_to(tmp_path, seed=3).seed == 3


def test_many_texts_are_learned_in_fewer_and_smaller_steps_but_by_adapters_as_few() -> None:
    few = TagOptions()
    many = few.for_many_texts()
    assert many.epochs / many.batch < few.epochs / few.batch
    assert many.rate < few.rate
    assert TagOptions(rank=8).for_many_texts() == TagOptions(rank=8)
