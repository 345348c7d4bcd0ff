from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.eval.labelling import LabelScheme, SamplingPlan, Strategy, config_beside, read_export, sample_file
from hcplens.inference.insights import GoldNote, InsightModel
from hcplens.inference.progress import QuietReporter

NAMED = "Pt John Doe 😀, DOB 03/04/1961, MRN 8812345: PA was denied twice, so she holds back new starts."

Sample = Callable[..., list[dict[str, Any]]]


def write_notes(path: Path, notes: list[GoldNote], *more: dict[str, Any]) -> Path:
    rows = [
        {
            "note_id": n.note_id,
            "hcp_id": n.hcp_id,
            "date": "2026-03-14",
            "text": n.text,
            "brand": n.brand,
            "rep_id": "R1",
        }
        for n in notes
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in (*rows, *more)), encoding="utf-8")
    return path


@pytest.fixture
def sample(tmp_path: Path, gold_notes: list[GoldNote], small_model: InsightModel) -> Sample:
    """Tasks picked from the labelled notes, or from a file given."""

    def call(source: Path | None = None, count: int = 12, **options: Any) -> list[dict[str, Any]]:
        notes = source or write_notes(tmp_path / "notes.jsonl", gold_notes)
        plan = SamplingPlan(count, small_model, **options)
        sample_file(notes, tmp_path / "tasks.json", plan, QuietReporter())
        tasks: list[dict[str, Any]] = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
        return tasks

    return call


def named(tmp_path: Path) -> Path:
    row = {"note_id": "P1", "hcp_id": "H1", "date": "2026-03-14", "text": NAMED, "objection": "John Doe"}
    return write_notes(tmp_path / "named.jsonl", [], row)


def test_every_task_has_its_text_its_suggestions_and_why_it_was_picked(
    sample: Sample, gold_notes: list[GoldNote], small_model: InsightModel
) -> None:
    tasks = sample()
    assert len({task["data"]["note_id"] for task in tasks}) == 12
    assert Counter(task["meta"]["picked"] for task in tasks)["random"] == 4
    known = {note.note_id: note for note in gold_notes}
    for task in tasks:
        assert task["data"]["brand"] == known[task["data"]["note_id"]].brand
        assert task["meta"]["why"]
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == small_model.annotator
        assert 0.5 <= prediction["score"] <= 1
        for result in prediction["result"]:
            span = result["value"]
            assert task["data"]["text"][span["start"] : span["end"]] == span["text"]


def test_suggestions_that_a_person_accepts_come_back_as_labels(
    sample: Sample, tmp_path: Path, small_model: InsightModel
) -> None:
    tasks = sample(named(tmp_path), raw=True)
    accepted = [task | {"annotations": [{"result": task["predictions"][0]["result"]}]} for task in tasks]
    (tmp_path / "export.json").write_text(json.dumps(accepted), encoding="utf-8")
    (record,) = read_export(tmp_path / "export.json", LabelScheme.of(small_model.taxonomy)).records
    assert record["text"] == NAMED
    assert len(record["insights"]) == sum(one["from_name"] == "status" for one in tasks[0]["predictions"][0]["result"])
    assert "Pt John Doe" in record["phi"]
    assert record["sampling"]["picked"] == "random"


def test_patient_identifiers_stay_out_of_the_tasks(sample: Sample, tmp_path: Path) -> None:
    (task,) = sample(named(tmp_path))
    assert "[PATIENT_NAME]" in task["data"]["text"]
    written = (tmp_path / "tasks.json").read_text(encoding="utf-8")
    assert not any(words in written for words in ("John", "Doe", "1961", "8812345"))


def test_raw_notes_are_shown_only_where_that_was_asked_for(sample: Sample, tmp_path: Path) -> None:
    (task,) = sample(named(tmp_path), raw=True)
    assert task["data"]["text"] == NAMED
    assert "identifier" in {result["from_name"] for result in task["predictions"][0]["result"]}


def test_tasks_and_configuration_are_for_their_owner_only(sample: Sample, tmp_path: Path) -> None:
    sample()
    for path in (tmp_path / "tasks.json", config_beside(tmp_path / "tasks.json")):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("strategy", list(Strategy))
def test_the_same_seed_gives_the_same_tasks_whatever_the_order_of_the_notes(
    sample: Sample, tmp_path: Path, gold_notes: list[GoldNote], strategy: Strategy
) -> None:
    tasks = sample(strategy=strategy)
    backwards = write_notes(tmp_path / "backwards.jsonl", gold_notes[::-1])
    ids = [task["data"]["note_id"] for task in tasks]
    assert [task["data"]["note_id"] for task in sample(backwards, strategy=strategy)] == ids


def test_another_seed_draws_others(sample: Sample) -> None:
    draws = [{t["data"]["note_id"] for t in sample(strategy=Strategy.RANDOM, seed=seed)} for seed in (1, 2)]
    assert draws[0] != draws[1]


def test_random_tasks_are_stratified_and_say_with_which_probability(sample: Sample, gold_notes: list[GoldNote]) -> None:
    tasks = sample(strategy=Strategy.RANDOM, stratify=("brand",))
    sizes = Counter(note.brand for note in gold_notes)
    drawn = Counter(task["data"]["brand"] for task in tasks)
    assert set(drawn) == set(sizes)
    for task in tasks:
        brand = task["meta"]["stratum"]["brand"]
        assert task["meta"]["sampling_probability"] == drawn[brand] / sizes[brand]


def test_copies_are_labelled_once_and_notes_without_words_never(
    sample: Sample, tmp_path: Path, gold_notes: list[GoldNote]
) -> None:
    row = {"hcp_id": gold_notes[0].hcp_id, "brand": gold_notes[0].brand, "date": "2026-03-14"}
    copy = row | {"note_id": "Z1", "text": gold_notes[0].text.upper()}
    source = write_notes(tmp_path / "copies.jsonl", gold_notes[:3], copy, row | {"note_id": "Z2", "text": " … "})
    tasks = sample(source, strategy=Strategy.RANDOM, stratify=("brand",))
    assert {task["data"]["note_id"]: task["meta"]["stands_for_notes"] for task in tasks} == {
        gold_notes[0].note_id: 2,
        gold_notes[1].note_id: 1,
        gold_notes[2].note_id: 1,
    }


def test_copies_of_other_physicians_or_strata_are_drawn_apart(
    sample: Sample, tmp_path: Path, gold_notes: list[GoldNote]
) -> None:
    first = gold_notes[0]
    row = {"note_id": "Z1", "hcp_id": first.hcp_id, "date": "2026-03-14", "text": first.text, "brand": "Elsewhere"}
    source = write_notes(tmp_path / "copies.jsonl", [first], row, row | {"note_id": "Z2", "hcp_id": "another"})
    tasks = sample(source, strategy=Strategy.RANDOM, stratify=("brand",))
    assert [task["meta"]["stands_for_notes"] for task in tasks] == [1, 1, 1]


CZECH = "Patientka Marie Kellerová měla vyrážku po druhé dávce. Lékař si přeje více informací o dávkování přípravku."
JAPANESE = "患者の佐藤花子さんは二回目の投与後に発疹が出たため、医師は副作用について詳しい情報を求めている。"


@pytest.mark.parametrize("text", [CZECH, JAPANESE], ids=["Czech", "Japanese"])
def test_notes_in_which_identifiers_cannot_be_found_are_left_out(
    sample: Sample,
    tmp_path: Path,
    gold_notes: list[GoldNote],
    small_model: InsightModel,
    text: str,
) -> None:
    row = {"note_id": "U1", "hcp_id": "H1", "date": "2026-03-14", "text": text}
    source = write_notes(tmp_path / "mixed.jsonl", gold_notes[:5], row)
    plan = SamplingPlan(12, small_model, strategy=Strategy.RANDOM)
    report = sample_file(source, tmp_path / "tasks.json", plan, QuietReporter())
    assert (report.notes, report.unread, report.left_out, report.picked["random"]) == (6, 1, 0, 5)
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert "U1" not in {task["data"]["note_id"] for task in tasks}
    assert "U1" in {task["data"]["note_id"] for task in sample(source, strategy=Strategy.RANDOM, raw=True)}


def test_notes_of_which_none_can_be_shown_are_refused(sample: Sample, tmp_path: Path) -> None:
    row = {"note_id": "U1", "hcp_id": "H1", "date": "2026-03-14", "text": CZECH}
    with pytest.raises(InputError, match=r"that can be shown: 1 in a language .* --no-redact"):
        sample(write_notes(tmp_path / "czech.jsonl", [], row))


def test_a_note_that_the_model_cannot_read_has_no_suggestions(sample: Sample, tmp_path: Path) -> None:
    german = "Die Kassen lehnen den Antrag immer noch ab und sie wartet deshalb mit neuen Patienten."
    row = {"note_id": "G1", "hcp_id": "H1", "date": "2026-03-14", "text": german}
    (task,) = sample(write_notes(tmp_path / "german.jsonl", [], row), raw=True)
    assert task["meta"]["picked"] == "random"
    assert task["predictions"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stratify": ("color",)}, "notes cannot be stratified by 'color': use brand, country"),
        ({"stratify": ("hcp_id",), "strategy": Strategy.RANDOM}, "strata, but only 12 notes are drawn at random"),
    ],
)
def test_strata_that_cannot_be_drawn_from_are_refused(sample: Sample, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sample(**options)


def test_notes_that_all_say_nothing_are_refused(sample: Sample, tmp_path: Path) -> None:
    row = {"note_id": "G1", "hcp_id": "H1", "date": "2026-03-14", "text": "..."}
    with pytest.raises(InputError, match=r"empty\.jsonl holds no note with a text"):
        sample(write_notes(tmp_path / "empty.jsonl", [], row))
