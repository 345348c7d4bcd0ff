from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings import Encoder
from hcplens.embeddings.tagging import TagOptions, tag
from hcplens.errors import InputError
from hcplens.inference.insights import (
    InsightModel,
    LabelHeads,
    LabelledText,
    LabelModel,
    LabelTagger,
    is_label_model,
    label_tagger,
    load_label_model,
    read_labelled,
    train_labels,
)
from hcplens.inference.insights.learned_from import group_digest, redacted_digest

WORDS = {"cost": "the price is far too high", "supply": "the pharmacy ran out of stock"}
QUICK = TagOptions(epochs=30, least_steps=0, rate=5e-3, head_rate=1e-2, memory=0.0)
BRIEF = TagOptions(epochs=1, least_steps=0)


def texts(count: int = 60) -> list[LabelledText]:
    random = np.random.default_rng(2)
    rows = []
    for n in range(count):
        labels = [label for label in WORDS if random.random() < 0.4]
        words = [WORDS[label] for label in labels] + [f"visit number {n} went well today"]
        rows.append(LabelledText(id=n, text=". ".join(words), labels=tuple(labels), group=n % 12))
    return rows


@pytest.fixture(scope="module")
def heads(hashing_encoder: Encoder) -> LabelHeads:
    return LabelHeads.fit(texts(), hashing_encoder)


@pytest.fixture(scope="module")
def fine_tuned(tiny_encoder: Path) -> LabelTagger:
    return LabelTagger.fit(texts(140), tiny_encoder, QUICK)


@pytest.fixture(scope="module", params=["heads", "fine_tuned"])
def model(request: pytest.FixtureRequest) -> LabelModel:
    model: LabelModel = request.getfixturevalue(request.param)
    return model


def claiming_everything(model: LabelModel) -> LabelModel:
    if isinstance(model, LabelHeads):
        return replace(model, heads=replace(model.heads, thresholds=np.zeros(2)))
    claims = replace(model.trained.claims, thresholds=np.zeros(2))
    return replace(model, trained=replace(model.trained, claims=claims))


def test_labels_are_found_with_the_clause_that_shows_them(heads: LabelHeads) -> None:
    text = "Nice talk today. The pharmacy ran out of stock. The price is far too high"
    (found,) = heads.annotate([text])
    assert {label.label: label.evidence for label in found} == {
        "cost": "The price is far too high",
        "supply": "The pharmacy ran out of stock",
    }
    assert heads.annotate(["visit number 3 went well today"]) == [[]]


def test_a_fine_tuned_reader_finds_labels(fine_tuned: LabelTagger) -> None:
    found = fine_tuned.annotate([text.text for text in texts(140)])
    said = [{label.label for label in some} == set(text.labels) for some, text in zip(found, texts(140), strict=True)]
    assert np.mean(said) > 0.9


@given(
    words=st.lists(st.text(max_size=60) | st.just("😀 the price\r\nis far too high. e\u0301 stock 漢字"), max_size=4)
)
def test_evidence_is_a_piece_of_its_text_likeliest_first(model: LabelModel, words: list[str]) -> None:
    for text, found in zip(words, claiming_everything(model).annotate(words), strict=True):
        assert len(found) == 2
        assert all(text[label.start : label.end] == label.evidence for label in found)
        assert all(label.evidence for label in found if any(map(str.isalnum, text)))
        assert [label.probability for label in found] == sorted((label.probability for label in found), reverse=True)


def test_transformer_and_heads_are_weighed_and_where_the_heads_know_nothing_the_transformer_decides(
    fine_tuned: LabelTagger,
) -> None:
    words = [text.text for text in texts(20)]
    read = tag(words, fine_tuned.tagger, fine_tuned.trained.scheme).log_odds
    told = fine_tuned.heads.log_odds(words)
    claims = fine_tuned.trained.claims
    assert fine_tuned.probabilities(words) == pytest.approx(claims.probabilities(0.6 * read + 0.4 * told))
    unknown = replace(fine_tuned.heads.heads, bias=np.asarray([-np.inf, 0.0], dtype=np.float32))
    halved = replace(fine_tuned, heads=replace(fine_tuned.heads, heads=unknown))
    assert halved.probabilities(words)[:, 0] == pytest.approx(claims.probabilities(read)[:, 0])


def test_of_some_thousands_of_texts_the_reader_of_notes_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = LabelTagger.fit(texts(), None, BRIEF)
    monkeypatch.setattr(label_tagger, "GOES_ON", range(50, 100))
    more = LabelTagger.fit(texts(), None, BRIEF)
    assert not plain.trained_on & InsightModel.default().trained_on
    assert more.trained_on == plain.trained_on | InsightModel.default().trained_on
    assert any((more.trained.weights[name] != weight).any() for name, weight in plain.trained.weights.items())


def test_many_texts_are_learned_from_the_plain_encoder_in_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = []
    for goes_on in (range(1000, 2000), range(10, 50)):
        monkeypatch.setattr(label_tagger, "GOES_ON", goes_on)
        told: list[tuple[int, int]] = []
        model = LabelTagger.fit(
            texts(), None, replace(BRIEF, epochs=4), seen=lambda *counts, to=told: to.append(counts)
        )
        assert not model.trained_on & InsightModel.default().trained_on
        totals.append(told[-1][1])
    few, many = totals
    assert many * 4 == few * 3  # three epochs instead of four


def test_what_is_claimed_is_what_reaches_its_threshold(model: LabelModel) -> None:
    words = [text.text for text in texts()]
    claimed = model.probabilities(words) >= model.thresholds
    assert claimed.any()
    for row, found in zip(claimed, model.annotate(words), strict=True):
        assert {label.label for label in found} == {model.labels[column] for column in np.flatnonzero(row)}


def test_evidence_in_a_long_text_is_its_own_clause(model: LabelModel) -> None:
    text = "Visit went well today. " * 120 + "The price is far too high"
    for label in claiming_everything(model).annotate([text])[0]:
        assert text[label.start : label.end] == label.evidence in ("Visit went well today", "The price is far too high")


def test_no_texts_have_no_labels(model: LabelModel) -> None:
    assert model.annotate([]) == []
    assert model.probabilities([]).shape == (0, 2)


def same_answers(one: LabelModel, other: LabelModel) -> None:
    words = [text.text for text in texts()]
    assert other.labels == one.labels
    assert other.trained_on == one.trained_on
    assert np.array_equal(other.thresholds, one.thresholds)
    assert other.probabilities(words) == pytest.approx(one.probabilities(words), abs=0.03)


def test_heads_answer_the_same_after_saving(heads: LabelHeads, hashing_encoder: Encoder, tmp_path: Path) -> None:
    heads.save(tmp_path / "model")
    same_answers(heads, LabelHeads.load(tmp_path / "model", hashing_encoder))
    assert is_label_model(tmp_path / "model")


def test_a_fine_tuned_reader_answers_the_same_after_saving(
    fine_tuned: LabelTagger, tiny_encoder: Path, tmp_path: Path
) -> None:
    fine_tuned.save(tmp_path / "model")
    again = load_label_model(tmp_path / "model", tiny_encoder)
    assert isinstance(again, LabelTagger)
    same_answers(fine_tuned, again)
    assert is_label_model(tmp_path / "model")


def test_a_model_says_what_it_was_trained_on(model: LabelModel) -> None:
    count = 60 if isinstance(model, LabelHeads) else 140
    digests = {redacted_digest(text.text) for text in texts(count)} | {group_digest(group) for group in range(12)}
    assert model.trained_on == digests


def test_validation_texts_set_the_thresholds_of_heads(heads: LabelHeads, hashing_encoder: Encoder) -> None:
    validation = [LabelledText(id=n, text="lunch", labels=("cost", "unheard of")) for n in range(5)]
    other = LabelHeads.fit(texts(), hashing_encoder, validation=validation)
    assert np.array_equal(other.heads.lexical, heads.heads.lexical)
    assert other.trained_on == heads.trained_on | {redacted_digest("lunch")}
    assert [found.label for found in other.annotate(["lunch"])[0]] == ["cost"]


def test_validation_texts_set_the_thresholds_of_a_fine_tuned_reader(tiny_encoder: Path) -> None:
    validation, others = (
        [LabelledText(id=n, text=f"lunch {n}", labels=labels) for n in range(6)]
        for labels in (("cost", "unheard of"), ("supply",))
    )
    one, other = (LabelTagger.fit(texts(), tiny_encoder, BRIEF, validation=some) for some in (validation, others))
    assert one.labels == other.labels == ("cost", "supply")
    assert all(np.array_equal(one.trained.weights[name], other.trained.weights[name]) for name in one.trained.weights)
    assert one.trained.claims.slopes.tolist() != other.trained.claims.slopes.tolist()
    assert redacted_digest("lunch 0") in one.trained_on


def test_few_examples_train_heads_and_many_a_fine_tuned_reader(tiny_encoder: Path, tmp_path: Path) -> None:
    def carrying(count: int) -> list[LabelledText]:
        plain = [LabelledText(id=f"n{n}", text=f"visit {n}") for n in range(10)]
        return plain + [LabelledText(id=n, text=f"price {n}", labels=("cost",)) for n in range(count)]

    told: list[tuple[int, int]] = []
    few = train_labels(carrying(11), tiny_encoder, seen=lambda texts, of: told.append((texts, of)))
    many = train_labels(carrying(12), tiny_encoder, seen=lambda texts, of: told.append((texts, of)))
    assert isinstance(few, LabelHeads)
    assert isinstance(many, LabelTagger)
    assert told[0] == (21, 21)
    assert told[-1][0] == told[-1][1] > 21
    few.save(tmp_path / "few")
    assert isinstance(load_label_model(tmp_path / "few", tiny_encoder), LabelHeads)


def test_another_encoder_is_refused(
    heads: LabelHeads, fine_tuned: LabelTagger, tiny_encoder: Path, tmp_path: Path
) -> None:
    heads.save(tmp_path / "heads")
    fine_tuned.save(tmp_path / "fine_tuned")
    with pytest.raises(InputError, match="was trained over another encoder"):
        load_label_model(tmp_path / "heads", tiny_encoder)
    with pytest.raises(InputError, match="but the default encoder has"):
        load_label_model(tmp_path / "fine_tuned")


def test_another_kind_of_model_is_refused(small_model: InsightModel, tmp_path: Path) -> None:
    small_model.save(tmp_path / "insights")
    assert not is_label_model(tmp_path / "insights")
    with pytest.raises(InputError, match="kind 'insights', not 'labels'"):
        load_label_model(tmp_path / "insights")


@pytest.mark.parametrize(
    "given",
    [[], [LabelledText(id=1, text="a"), LabelledText(id=2, text="b")], [LabelledText(id=1, text="a", labels=("x",))]],
)
def test_texts_that_cannot_be_learned_from_are_refused(
    given: list[LabelledText], hashing_encoder: Encoder, tiny_encoder: Path
) -> None:
    with pytest.raises(InputError, match="at least two groups"):
        train_labels(given, tiny_encoder)
    with pytest.raises(InputError, match="at least two groups"):
        LabelHeads.fit(given, hashing_encoder)
    with pytest.raises(InputError, match="at least two groups"):
        LabelTagger.fit(given, tiny_encoder)


def test_labelled_lines_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"], "group": "g"}) + '\n{"id": 2, "labels": []}\n')
    with pytest.raises(InputError, match=r"texts\.jsonl line 2: text: "):
        read_labelled(path)
    path.write_text(json.dumps({"id": 1, "text": "a", "labels": ["x"], "group": "g"}))
    assert read_labelled(path) == [LabelledText(id=1, text="a", labels=("x",), group="g")]
