from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.inference.insights import GoldNote, InsightModel, LabelHeads, LabelTagger, load_label_model
from hcplens.inference.insights.learned_from import redacted_digest
from hcplens.inference.progress import JsonReporter, QuietReporter
from hcplens.inference.training import train_model, train_redaction
from hcplens.inference.triage.identifier_reader import IdentifierReader
from hcplens.prompts import Taxonomy

NOTE: dict[str, object] = {"note_id": "N1", "hcp_id": "H1", "text": "PA takes weeks"}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
        yield


def lines(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def labelled(count: int, label: str = "cost") -> list[dict[str, object]]:
    return [
        {"id": n, "text": f"the price is {n}" if n % 2 else f"visit {n}", "labels": [label] * (n % 2)}
        for n in range(count)
    ]


@pytest.fixture
def notes(gold_notes: list[GoldNote], tmp_path: Path) -> Path:
    return lines(tmp_path / "notes.jsonl", [note.model_dump(mode="json") for note in gold_notes[:30]])


@pytest.fixture
def bare(bare_taxonomy: Taxonomy, tmp_path: Path) -> Path:
    path = tmp_path / "topics.yaml"
    path.write_text(json.dumps(bare_taxonomy.model_dump(mode="json")), encoding="utf-8")
    return path


def test_labelled_notes_become_a_model_of_insights(notes: Path, bare: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    said = train_model([notes], tmp_path / "model", tiny_encoder, QuietReporter(), taxonomy=bare)
    model = InsightModel.named(tmp_path / "model", tiny_encoder)
    assert said.startswith(f"{len(model.taxonomy.topics)} topics from 30 notes of ")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [
        "model.json",
        "taxonomy.json",
        "weights.safetensors",
    ]


@pytest.mark.parametrize(("count", "kind"), [(20, LabelHeads), (90, LabelTagger)])
def test_texts_with_labels_become_a_model_of_those(
    tmp_path: Path, tiny_encoder: Path, count: int, kind: type[LabelHeads] | type[LabelTagger]
) -> None:
    path = lines(tmp_path / "texts.jsonl", labelled(count))
    said = train_model([path], tmp_path / "model", tiny_encoder, QuietReporter())
    assert said == f"1 labels from {count} texts"
    assert isinstance(load_label_model(tmp_path / "model", tiny_encoder), kind)


def test_progress_runs_evenly_to_the_number_of_texts(tmp_path: Path, tiny_encoder: Path) -> None:
    path, stream = lines(tmp_path / "texts.jsonl", labelled(90)), io.StringIO()
    train_model([path], tmp_path / "model", tiny_encoder, JsonReporter(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    done = [event["done"] for event in events if "done" in event]
    assert done == sorted(done)
    assert done[-1] == 90
    assert {event["total"] for event in events if "total" in event} == {90}


def test_validation_texts_are_never_trained_on(tmp_path: Path, tiny_encoder: Path) -> None:
    path, held_out = lines(tmp_path / "texts.jsonl", labelled(20)), lines(tmp_path / "more.jsonl", labelled(8, "other"))
    train_model([path], tmp_path / "model", tiny_encoder, QuietReporter(), validation=[held_out])
    assert load_label_model(tmp_path / "model", tiny_encoder).labels == ("cost",)


def test_options_of_the_other_shape_are_refused(
    notes: Path, bare: Path, small_model: InsightModel, tmp_path: Path
) -> None:
    path = lines(tmp_path / "texts.jsonl", labelled(4))
    with pytest.raises(InputError, match=r"--taxonomy\b.* for labelled notes"):
        train_model([path], tmp_path / "model", None, QuietReporter(), taxonomy=bare)
    with pytest.raises(InputError, match=r"--start\b.* for labelled notes"):
        train_model([path], tmp_path / "model", None, QuietReporter(), start=small_model)
    with pytest.raises(InputError, match=r"texts.jsonl line 1: note_id: "):
        train_model([notes], tmp_path / "model", None, QuietReporter(), validation=[path])


def test_a_model_learns_from_a_teacher_and_from_notes_that_nobody_labelled(
    notes: Path, bare: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    unlabelled = lines(tmp_path / "more.jsonl", [{"text": "copay is a burden"}])
    train_model([notes], tmp_path / "one", tiny_encoder, QuietReporter(), taxonomy=bare)
    teacher = InsightModel.named(tmp_path / "one", tiny_encoder)
    train_model(
        [notes],
        tmp_path / "two",
        tiny_encoder,
        QuietReporter(),
        taxonomy=bare,
        teacher=teacher,
        unlabelled=[unlabelled],
    )
    taught = InsightModel.named(tmp_path / "two", tiny_encoder)
    assert taught.trained.digest != teacher.trained.digest
    assert redacted_digest("copay is a burden") in taught.trained.trained_on


def test_a_model_goes_on_from_another_with_its_topics(
    gold_notes: list[GoldNote], small_model: InsightModel, tiny_encoder: Path, tmp_path: Path
) -> None:
    known = {label.rpartition(".")[0] for label in small_model.trained.scheme.labels}
    own = [note for note in gold_notes if {statement.topic for statement in note.insights} <= known]
    path = lines(tmp_path / "own.jsonl", [note.model_dump(mode="json", exclude_unset=True) for note in own])
    said = train_model([path], tmp_path / "model", tiny_encoder, QuietReporter(), start=small_model)
    model = InsightModel.named(tmp_path / "model", tiny_encoder)
    assert own
    assert said.startswith(f"{len(small_model.taxonomy.topics)} topics from {len(own)} notes of ")
    assert model.taxonomy == small_model.taxonomy
    assert model.trained.scheme == small_model.trained.scheme
    assert model.digest != small_model.digest


def test_lines_without_a_text_teach_nothing(notes: Path, small_model: InsightModel, tmp_path: Path) -> None:
    nameless = lines(tmp_path / "more.jsonl", [{"text": "ok"}, {"text": " "}])
    with pytest.raises(InputError, match=r"more.jsonl line 2: text: ' ' is no text"):
        train_model([notes], tmp_path / "m", None, QuietReporter(), teacher=small_model, unlabelled=[nameless])


def test_notes_without_labelled_statements_are_refused(tmp_path: Path, tiny_encoder: Path) -> None:
    marked = [{**NOTE, "note_id": f"N{n}", "hcp_id": f"H{n}", "phi": ["PA"]} for n in range(3)]
    with pytest.raises(InputError, match="note N0 has no field insights"):
        train_model([lines(tmp_path / "notes.jsonl", marked)], tmp_path / "model", tiny_encoder, QuietReporter())


def test_redaction_is_learned_from_the_identifiers_of_labelled_notes(tmp_path: Path) -> None:
    named = [
        {**NOTE, "note_id": f"N{n}", "text": f"bloke {name} fainted", "insights": [], "phi": [name]}
        for n, name in enumerate(("Truscott", "Pfeil", "Noreen"))
    ]
    said = train_redaction([lines(tmp_path / "notes.jsonl", named)], tmp_path / "model", QuietReporter())
    assert said == "3 identifiers in 3 notes"
    assert IdentifierReader.load(tmp_path / "model").context


def test_redaction_needs_notes_that_name_identifiers(tmp_path: Path, notes: Path) -> None:
    silent = lines(tmp_path / "notes.jsonl", [{**NOTE, "phi": []}])
    with pytest.raises(InputError, match="no note names an identifier"):
        train_redaction([silent], tmp_path / "model", QuietReporter())


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([labelled(2)[0], NOTE], "line 2: id: "),
        ([NOTE, labelled(2)[0]], "line 2: note_id: "),
        ([{"text": "a"}], r"line 1 is neither a labelled note \(note_id\) nor a text with labels"),
        ([], "no labelled text in it"),
    ],
)
def test_files_of_neither_shape_or_of_both_are_refused(
    tmp_path: Path, records: list[dict[str, object]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train_model([lines(tmp_path / "mixed.jsonl", records)], tmp_path / "model", None, QuietReporter())


def test_a_folder_that_is_no_model_is_never_replaced(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="mine"):
        train_model([notes], tmp_path / "mine", None, QuietReporter())
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_training_that_fails_leaves_no_folder(tmp_path: Path, tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="at least two physicians"):
        train_model([lines(tmp_path / "one.jsonl", [NOTE])], tmp_path / "model", tiny_encoder, QuietReporter())
    assert not (tmp_path / "model").exists()
