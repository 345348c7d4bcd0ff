from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings import Encoder, SentenceTransformerEncoder
from hcplens.errors import InputError
from hcplens.eval.gold_data import TIMELINES, TRAINING
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.inference.insights import GoldNote, InsightModel, train_insights
from hcplens.inference.insights.learned_from import physician_digest, redacted_digest
from hcplens.prompts import Taxonomy


def digests(notes: Sequence[GoldNote]) -> set[int]:
    of_texts = {redacted_digest(note.text) for note in notes}
    return of_texts | {physician_digest(note.hcp_id, note.brand) for note in notes}


def test_the_model_that_ships_fits_the_default_encoder_and_taxonomy() -> None:
    model = InsightModel.default()
    model.require_encoder(SentenceTransformerEncoder())
    assert model.taxonomy == Taxonomy.default()
    assert {f"{topic}.{polarity}" for topic in model.taxonomy.ids for polarity in ("driver", "barrier")} == set(
        model.families["statements"].labels
    )
    assert all(heads.dense.shape[0] == 384 for heads in model.families.values())
    assert model.annotator == f"heads@{model.version}"


def test_a_model_predicts_the_same_after_saving(
    small_model: InsightModel, hashing_encoder: Encoder, tmp_path: Path
) -> None:
    small_model.save(tmp_path / "model")
    again = InsightModel.load(tmp_path / "model")
    texts = ["PA still takes 3 wks", "loves the onset", ""]
    one, other = small_model.predict(texts, hashing_encoder), again.predict(texts, hashing_encoder)
    assert np.allclose(one.statements, other.statements, atol=5e-3)
    assert np.allclose(one.channels, other.channels, atol=5e-3)
    assert one.status.sum(axis=1) == pytest.approx(1)
    assert one.holder.sum(axis=1) == pytest.approx(1)
    assert again.taxonomy == small_model.taxonomy
    assert again.digest


def test_a_model_says_which_notes_it_was_trained_on(
    small_model: InsightModel, gold_notes: list[GoldNote], tmp_path: Path
) -> None:
    small_model.save(tmp_path / "model")
    assert small_model.trained_on == InsightModel.load(tmp_path / "model").trained_on == digests(gold_notes)


def test_the_model_that_ships_was_trained_on_no_timeline() -> None:
    model = InsightModel.default()
    assert model.trained_on == digests(shipped_notes(*TRAINING))
    assert model.trained_on.isdisjoint(digests(shipped_notes(TIMELINES)))


def test_predicting_nothing_gives_no_rows(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    assert small_model.predict([], hashing_encoder).statements.shape == (0, 38)


def test_another_encoder_is_refused_with_both_digests(small_model: InsightModel, hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match=r"SHA-256 abcabc.*this one has hashing"):
        replace(small_model, encoder_digest="abc" * 21).require_encoder(hashing_encoder)


def test_a_folder_without_its_taxonomy_is_refused(small_model: InsightModel, tmp_path: Path) -> None:
    small_model.save(tmp_path / "model")
    (tmp_path / "model" / "taxonomy.json").unlink()
    with pytest.raises(InputError, match=r"taxonomy\.json"):
        InsightModel.load(tmp_path / "model")


def test_training_again_gives_the_same_model(
    gold_notes: list[GoldNote], small_model: InsightModel, hashing_encoder: Encoder, tmp_path: Path
) -> None:
    again = train_insights(gold_notes, Taxonomy.default(), hashing_encoder)
    small_model.save(tmp_path / "one")
    again.save(tmp_path / "two")
    for name in ("heads.safetensors", "model.json", "taxonomy.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_one_physician_alone_cannot_be_learned_from(gold_notes: list[GoldNote], hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="at least two physicians"):
        train_insights(gold_notes[:1], Taxonomy.default(), hashing_encoder)


def test_a_topic_that_the_taxonomy_lacks_is_named(gold_notes: list[GoldNote], hashing_encoder: Encoder) -> None:
    topics = tuple(topic for topic in Taxonomy.default().topics if topic.id != "coverage")
    lacking = Taxonomy(name="less", version="1", topics=topics)
    with pytest.raises(InputError, match=r"'coverage\.(driver|barrier)', which is none of the statements"):
        train_insights(gold_notes, lacking, hashing_encoder)
