from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings import Encoder
from hcplens.embeddings.loading import window_tagger
from hcplens.embeddings.model_files import body_digest
from hcplens.embeddings.tagging import load_tagger
from hcplens.errors import InputError
from hcplens.eval import gold_data
from hcplens.eval.gold_data import NOTES as BENCHMARK
from hcplens.eval.gold_data import TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.inference.command_options import LARGE_MODEL
from hcplens.inference.insights import GoldNote, InsightModel, LabelHeads, LabelledText, read_gold
from hcplens.inference.insights.gold import read_json_lines
from hcplens.inference.insights.learned_from import physician_digest, redacted_digest
from hcplens.prompts import POLARITIES, Taxonomy, Topic

ONE_IN = 12
"""Of so many texts that were learned from one is redacted again."""
TEXTS = ["PA still takes 3 wks", "loves the onset", "", "..."]


def digests(notes: Sequence[GoldNote]) -> set[int]:
    of_texts = {redacted_digest(note.text) for note in notes}
    return of_texts | {physician_digest(note.hcp_id, note.brand) for note in notes}


def rewrite(folder: Path, **changes: object) -> None:
    record = json.loads((folder / "model.json").read_text(encoding="utf-8")) | changes
    record = {name: value for name, value in record.items() if value is not None}
    (folder / "model.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def folder(small_model: InsightModel, tmp_path: Path) -> Path:
    small_model.save(tmp_path / "model")
    return tmp_path / "model"


def test_the_model_that_ships_fits_the_default_encoder_and_taxonomy() -> None:
    model = InsightModel.default()
    assert model.encoder_digest == body_digest(None)
    assert model.taxonomy == Taxonomy.default()
    assert set(model.statement_labels) == {f"{topic}.{side}" for topic in model.taxonomy.ids for side in POLARITIES}
    assert model.open_topics is None
    assert model.annotator == f"tagger@{model.version}"


def test_the_models_that_ship_were_trained_on_the_corpus_and_on_nothing_that_they_are_measured_on() -> None:
    gold = Path(gold_data.__file__).parent / "gold"
    taught = [str(record["text"]) for _, record in read_json_lines(gold / "unlabelled" / "notes.jsonl")]
    calibrating = gold / "other_writers" / "notes.jsonl"
    corpus = read_gold([*sorted((gold / "corpus").glob("*.jsonl")), gold / "use" / "notes.jsonl", calibrating])
    benchmark = digests(shipped_notes(*BENCHMARK))
    learned, by_large = InsightModel.default().trained_on, frozenset(load_tagger(LARGE_MODEL).trained_on)
    writers = {physician_digest(note.hcp_id, note.brand) for note in (*corpus, *shipped_notes(*BENCHMARK))}
    assert digests(corpus[::ONE_IN]) | benchmark | writers <= learned
    assert {redacted_digest(text) for text in taught[::ONE_IN]} <= learned
    assert len(learned) <= len(corpus) + len(taught) + len(benchmark) + len(writers)
    assert benchmark < by_large <= learned
    assert learned.isdisjoint(digests(shipped_notes(TIMELINES)))
    assert learned.isdisjoint(digests(read_gold([gold / "use" / "held_out.jsonl"])))


def test_a_model_reads_the_same_after_saving(small_model: InsightModel, folder: Path, tiny_encoder: Path) -> None:
    again = InsightModel.named(folder, tiny_encoder, precision="float32", cache_folder=folder / "cache")
    plain = replace(small_model, tagger=window_tagger(small_model.trained, tiny_encoder, precision="float32"))
    one, other = plain.read(TEXTS), again.read(TEXTS)
    for field in vars(one):
        assert np.allclose(getattr(one, field), getattr(other, field), atol=1e-3)
    assert again.taxonomy == small_model.taxonomy
    assert again.digest == small_model.digest
    assert again.languages == small_model.languages == ("en",)
    assert again.statement_labels == small_model.statement_labels
    assert np.array_equal(again.statement_thresholds, small_model.statement_thresholds)
    assert np.array_equal(again.channel_thresholds, small_model.channel_thresholds)


def test_readings_are_probabilities_and_places_of_every_label(small_model: InsightModel) -> None:
    found = small_model.read(TEXTS)
    labels, channels = len(small_model.statement_labels), len(small_model.channel_labels)
    assert found.statements.shape == found.whole.shape == found.words.shape == (len(TEXTS), labels)
    assert found.channels.shape == (len(TEXTS), channels)
    assert found.statement_spans.shape == (len(TEXTS), labels, 2)
    assert found.channel_spans.shape == (len(TEXTS), channels, 2)
    assert found.status.sum(axis=2) == pytest.approx(1)
    assert found.holder.sum(axis=2) == pytest.approx(1)
    for probabilities in (found.statements, found.channels, found.whole, found.words):
        assert ((probabilities > 0) & (probabilities < 1)).all()


def test_a_text_without_words_says_nothing(small_model: InsightModel) -> None:
    *_, empty, dots = range(len(TEXTS))
    found = small_model.read(TEXTS)
    for row in (empty, dots):
        assert (found.statements[row] < small_model.statement_thresholds).all()
        assert (found.channels[row] < small_model.channel_thresholds).all()
        assert not found.statement_spans[row].any()


def test_both_readings_lie_about_the_probability(small_model: InsightModel) -> None:
    found = small_model.read(TEXTS[:2])
    assert (found.statements <= np.maximum(found.whole, found.words) + 1e-9).all()
    assert (found.statements >= np.minimum(found.whole, found.words) - 1e-9).all()


def test_reading_nothing_gives_no_rows(small_model: InsightModel) -> None:
    assert small_model.read([]).statements.shape == (0, len(small_model.statement_labels))


def test_a_model_says_which_notes_it_was_trained_on(
    small_model: InsightModel, folder: Path, gold_notes: list[GoldNote], tiny_encoder: Path
) -> None:
    assert small_model.trained_on == InsightModel.named(folder, tiny_encoder).trained_on == digests(gold_notes)


def test_another_encoder_is_refused_with_both_digests(folder: Path, small_model: InsightModel) -> None:
    with pytest.raises(InputError, match=f"SHA-256 {small_model.encoder_digest[:16]}….*default encoder has 53aa51172d"):
        InsightModel.named(folder)


def test_a_folder_without_its_taxonomy_is_refused(folder: Path, tiny_encoder: Path) -> None:
    (folder / "taxonomy.json").unlink()
    with pytest.raises(InputError, match=r"taxonomy\.json"):
        InsightModel.named(folder, tiny_encoder)


@pytest.mark.parametrize("field", ["version", "languages", "open_topics"])
def test_a_description_that_lacks_a_field_is_refused(folder: Path, tiny_encoder: Path, field: str) -> None:
    rewrite(folder, **{field: None})
    with pytest.raises(InputError, match=f"lacks '{field}'"):
        InsightModel.named(folder, tiny_encoder)


def test_a_model_of_an_older_format_is_to_be_trained_again(folder: Path, tiny_encoder: Path) -> None:
    rewrite(folder, format=1)
    with pytest.raises(InputError, match="has format 1, this version reads 2: train the model again"):
        InsightModel.named(folder, tiny_encoder)


def test_a_model_of_a_users_own_labels_is_none_of_insights(tmp_path: Path, hashing_encoder: Encoder) -> None:
    texts = [LabelledText(id=n, text=f"price {n}", labels=("cost",) * (n % 2)) for n in range(8)]
    LabelHeads.fit(texts, hashing_encoder).save(tmp_path / "labels")
    with pytest.raises(InputError, match="is a model of kind 'labels', not 'insights'"):
        InsightModel.named(tmp_path / "labels")


def test_weights_swapped_for_another_models_are_refused(folder: Path, tiny_encoder: Path) -> None:
    content = bytearray((folder / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    shutil.copy(folder / "weights.safetensors", folder / "kept")
    (folder / "weights.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="the file is damaged or was swapped"):
        InsightModel.named(folder, tiny_encoder)


def test_a_topic_that_the_taxonomy_lacks_is_not_claimed(small_model: InsightModel, tiny_encoder: Path) -> None:
    known = {
        label.rpartition(".")[0] for label in small_model.trained.scheme.labels[: small_model.trained.scheme.chosen]
    }
    kept = tuple(topic for topic in small_model.taxonomy.topics if topic.id in known)[:1]
    model = small_model.for_taxonomy(Taxonomy(name="one", version="1", topics=kept), tiny_encoder)
    finite = {
        label.rpartition(".")[0]
        for label, threshold in zip(model.statement_labels, model.statement_thresholds, strict=True)
        if np.isfinite(threshold)
    }
    assert finite == {kept[0].id}
    assert model.open_topics is None
    assert model.trained is small_model.trained


def test_a_topic_without_training_is_read_beside_the_others(small_model: InsightModel, tiny_encoder: Path) -> None:
    parking = Topic(id="parking", name="Parking", scientific=False, description="Where patients leave their car.")
    topics = (*small_model.taxonomy.topics, parking)
    model = small_model.for_taxonomy(Taxonomy(name="more", version="1", topics=topics), tiny_encoder)
    column = model.statement_labels.index("parking.barrier")
    text = "Saw him at noon. There is no parking for patients"
    found = model.read([text, ""])
    assert found.statements.shape == (2, len(model.statement_labels)) == found.whole.shape
    start, end = found.statement_spans[0, column]
    assert text[start:end] in ("Saw him at noon", "There is no parking for patients")
    assert found.statements[1, column] < model.statement_thresholds[column]
    assert found.status[0, column].tolist() == [1, 0, 0]
    before = small_model.read([text]).statements
    trained = small_model.trained.scheme.chosen
    assert found.statements[0, :trained] == pytest.approx(before[0, :trained], abs=0.05)
