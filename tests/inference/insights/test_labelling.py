from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings import Encoder
from hcplens.errors import InputError
from hcplens.inference.insights import InsightModel, LabelledText, LabelModel, is_label_model, read_labelled
from hcplens.inference.insights import train_labels as train
from hcplens.inference.insights.learned_from import group_digest, redacted_digest

WORDS = {"cost": "the price is far too high", "supply": "the pharmacy ran out of stock"}


def texts(count: int = 60) -> list[LabelledText]:
    random = np.random.default_rng(2)
    rows = []
    for n in range(count):
        labels = [label for label in WORDS if random.random() < 0.4]
        words = [WORDS[label] for label in labels] + [f"visit number {n} went well today"]
        rows.append(LabelledText(id=n, text=". ".join(words), labels=tuple(labels), group=n % 12))
    return rows


@pytest.fixture(scope="module")
def model(hashing_encoder: Encoder) -> LabelModel:
    return train(texts(), hashing_encoder)


def test_labels_are_found_with_the_clause_that_shows_them(model: LabelModel, hashing_encoder: Encoder) -> None:
    text = "Nice talk today. The pharmacy ran out of stock. The price is far too high"
    (found,) = model.annotate([text], hashing_encoder)
    assert {label.label: label.evidence for label in found} == {
        "cost": "The price is far too high",
        "supply": "The pharmacy ran out of stock",
    }
    assert model.annotate(["visit number 3 went well today"], hashing_encoder) == [[]]


@given(st.lists(st.text(max_size=60) | st.just("😀 the price\r\nis far too high. e\u0301 stock 漢字"), max_size=4))
def test_evidence_is_a_piece_of_its_text_likeliest_first(
    model: LabelModel, hashing_encoder: Encoder, words: list[str]
) -> None:
    eager = replace(model, heads=replace(model.heads, thresholds=np.zeros(2)))
    for text, found in zip(words, eager.annotate(words, hashing_encoder), strict=True):
        assert len(found) == 2
        assert all(text[label.start : label.end] == label.evidence for label in found)
        assert [label.probability for label in found] == sorted((label.probability for label in found), reverse=True)


def test_a_model_answers_the_same_after_saving(model: LabelModel, hashing_encoder: Encoder, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    again = LabelModel.load(tmp_path / "model")
    words = [text.text for text in texts()]
    digests = {redacted_digest(text.text) for text in texts()} | {group_digest(group) for group in range(12)}
    assert again.trained_on == model.trained_on == digests
    assert is_label_model(tmp_path / "model")
    for one, other in zip(model.annotate(words, hashing_encoder), again.annotate(words, hashing_encoder), strict=True):
        assert [(f.label, f.start) for f in one] == [(f.label, f.start) for f in other]
        assert [f.probability for f in one] == pytest.approx([f.probability for f in other], abs=5e-3)


def test_validation_texts_set_the_thresholds(model: LabelModel, hashing_encoder: Encoder) -> None:
    validation = [LabelledText(id=n, text="lunch", labels=("cost", "unheard of")) for n in range(5)]
    other = train(texts(), hashing_encoder, validation=validation)
    assert np.array_equal(other.heads.lexical, model.heads.lexical)
    assert other.trained_on == model.trained_on | {redacted_digest("lunch")}
    assert [f.label for f in other.annotate(["lunch"], hashing_encoder)[0]] == ["cost"]


def test_another_encoder_or_kind_of_model_is_refused(
    model: LabelModel, small_model: InsightModel, hashing_encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="another encoder"):
        replace(model, encoder_digest="other").annotate(["x"], hashing_encoder)
    small_model.save(tmp_path / "insights")
    assert not is_label_model(tmp_path / "insights")
    with pytest.raises(InputError, match="kind 'insights', not 'labels'"):
        LabelModel.load(tmp_path / "insights")


@pytest.mark.parametrize(
    "given",
    [[], [LabelledText(id=1, text="a"), LabelledText(id=2, text="b")], [LabelledText(id=1, text="a", labels=("x",))]],
)
def test_texts_that_cannot_be_learned_from_are_refused(given: list[LabelledText], hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="at least two groups"):
        train(given, hashing_encoder)


def test_labelled_lines_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"], "group": "g"}) + '\n{"id": 2, "labels": []}\n')
    with pytest.raises(InputError, match=r"texts\.jsonl line 2: text: "):
        read_labelled(path)
    path.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"], "group": "g"}))
    assert read_labelled(path) == [LabelledText(id=1, text="a", labels=("x",), group="g")]
