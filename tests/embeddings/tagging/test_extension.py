from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.tagging import (
    TaggedSpan,
    TaggedText,
    TagOptions,
    TrainedTagger,
    WindowTagger,
    load_tagger,
    save_tagger,
    tag,
)
from hcplens.embeddings.tagging.extension import with_labels

from .conftest import SCHEME, labelled

WORDS = {0: "has never tried it", 1: "writes it every week"}
OPTIONS = TagOptions(least_steps=0, head_rate=1e-2)


def texts_of_use() -> list[TaggedText]:
    """Texts that show one of two new labels, or neither."""
    texts = []
    for number, plain in enumerate(labelled(90, seed=5)):
        label = number % 3
        if label == 2:
            texts.append(replace(plain, spans=()))
            continue
        text = f"{plain.text}, {WORDS[label]}"
        texts.append(replace(plain, text=text, spans=(TaggedSpan(label, len(text) - len(WORDS[label]), len(text)),)))
    return texts


@pytest.fixture(scope="module")
def extended(trained: TrainedTagger, tiny_encoder: Path) -> TrainedTagger:
    return with_labels(
        trained, ("never.use", "often.use"), texts_of_use(), tiny_encoder, OPTIONS, trained_on=frozenset({5})
    )


def window_tagger(trained: TrainedTagger, encoder: Path) -> WindowTagger:
    bias = trained.evidence_bias
    return WindowTagger(trained.weights, trained.scheme, encoder, digest="d", evidence_bias=bias, precision="float32")


def test_what_it_said_before_it_goes_on_saying(
    trained: TrainedTagger, extended: TrainedTagger, tagger: WindowTagger, tiny_encoder: Path
) -> None:
    texts = [text.text for text in labelled(20, seed=9)]
    before, after = tag(texts, tagger, SCHEME), tag(texts, window_tagger(extended, tiny_encoder), extended.scheme)
    assert extended.scheme.labels == (*SCHEME.labels, "never.use", "often.use")
    assert np.allclose(after.log_odds[:, :3], before.log_odds, atol=1e-4)
    assert np.array_equal(after.spans[:, :3], before.spans)
    assert np.allclose(after.choices, before.choices, atol=1e-4)
    assert np.array_equal(extended.claims.thresholds[:3], trained.claims.thresholds)
    assert extended.trained_on == trained.trained_on | {5}
    assert extended.digest != trained.digest


def test_the_new_labels_are_found_with_their_words(extended: TrainedTagger, tiny_encoder: Path) -> None:
    texts = ["short visit, has never tried it", "nurse was kind, writes it every week", "talked about the weather"]
    tags = tag(texts, window_tagger(extended, tiny_encoder), extended.scheme)
    assert [int(row.argmax()) for row in tags.log_odds[:2, 3:]] == [0, 1]
    assert tags.log_odds[2, 3:].max() < min(tags.log_odds[0, 3], tags.log_odds[1, 4])
    start, end = tags.spans[0, 3]
    assert texts[0].index(WORDS[0]) <= start < end


def test_an_extended_tagger_is_saved_and_read_back(extended: TrainedTagger, tmp_path: Path) -> None:
    save_tagger(tmp_path / "model", extended, {"kind": "test"})
    loaded = load_tagger(tmp_path / "model")
    assert loaded.scheme == extended.scheme
    assert loaded.digest == extended.digest
