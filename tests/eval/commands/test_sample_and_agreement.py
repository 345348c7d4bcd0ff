"""The way of a label through the command line: picked, labelled, read back, compared."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.cli import main
from hcplens.inference.insights import GoldNote, InsightModel, read_gold

Eval = Callable[..., tuple[int, str, str]]
Options = tuple[str | Path, ...]


@pytest.fixture
def evaluate(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Eval:
    """`hcplens eval …` in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hcplens", "eval", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return int(stopped.value.code or 0), out, err

    return call


@pytest.fixture
def notes(tmp_path: Path, gold_notes: list[GoldNote]) -> Path:
    """Eight notes as CSV."""
    with (tmp_path / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["note_id", "hcp_id", "date", "text", "brand"])
        writer.writerows([n.note_id, n.hcp_id, "2026-03-14", n.text, n.brand] for n in gold_notes[:8])
    return tmp_path / "notes.csv"


@pytest.fixture
def model(small_model: InsightModel, tiny_encoder: Path, tmp_path: Path) -> Options:
    """The options that name the small model."""
    small_model.save(tmp_path / "model")
    return ("--model", tmp_path / "model", "--encoder", tiny_encoder)


def accepted(task: dict[str, Any], user: int, keep: int) -> dict[str, Any]:
    """A person's annotation: the suggestions of a task, all or only the first region's."""
    results = task["predictions"][0]["result"]
    return {"completed_by": user, "was_cancelled": False, "result": results[:keep]}


def test_notes_are_picked_labelled_read_back_and_compared(
    evaluate: Eval, notes: Path, model: Options, tmp_path: Path
) -> None:
    code, _, err = evaluate("sample", notes, "-n", 6, "-o", tmp_path / "tasks.json", *model, "--stratify", "brand")
    assert code == 0
    assert "6 of 8 notes picked" in err
    assert (tmp_path / "tasks.config.xml").read_text(encoding="utf-8").startswith("<View>")

    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert any(task["predictions"][0]["result"] for task in tasks)
    for task in tasks:
        task["annotations"] = [accepted(task, 1, 99), accepted(task, 2, 3)]
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    code, _, err = evaluate("labels", tmp_path / "export.json", "-o", tmp_path / "gold.jsonl")
    assert code == 0
    assert "12 labelled notes of 2 annotators (annotator-1, annotator-2)" in err
    assert len(read_gold([tmp_path / "gold.jsonl"])) == 12

    differ = tmp_path / "differ.jsonl"
    code, out, _ = evaluate("agreement", tmp_path / "gold.jsonl", "--format", "json", "--disagreements", differ)
    assert code == 0
    found = json.loads(out)
    assert found["annotators"] == ["annotator-1", "annotator-2"]
    assert found["notes"] == 6
    assert found["disagreements"] == len(differ.read_text(encoding="utf-8").splitlines()) > 0
    assert all(figure["value"] is None or figure["value"] <= 1 for figure in found["figures"])


def test_agreement_is_shown_as_a_table(evaluate: Eval, tmp_path: Path) -> None:
    insight = {"topic": "cost", "polarity": "barrier", "status": "current", "holder": "hcp", "evidence": "PA"}
    for name, insights in {"mia": [insight], "tom": []}.items():
        record = {"note_id": "N1", "hcp_id": "H1", "text": "PA denied.", "insights": insights}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record), encoding="utf-8")
    files = [tmp_path / "mia.jsonl", tmp_path / "tom.jsonl"]
    code, out, _ = evaluate("agreement", *files)
    assert code == 0
    assert "mia, tom: 1 notes in common, 1 physicians." in out
    assert "too few to say" in out
    assert "label=cost.barrier" not in out
    evaluate("agreement", *files, "--parts", "-o", tmp_path / "page.txt")
    assert "label=cost.barrier" in (tmp_path / "page.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("agreement", "notes.jsonl"), "cannot read notes.jsonl"),
        (("sample", "missing.csv", "-o", "tasks.json"), "missing.csv"),
        (("sample", "notes.csv", "-o", "notes.csv"), "would be written over the input"),
        (("labels", "export.json", "-o", "gold.jsonl"), "cannot read export.json"),
    ],
)
def test_bad_input_is_one_plain_sentence_and_exit_2(
    evaluate: Eval,
    notes: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(notes.parent)
    code, out, err = evaluate(*arguments)
    assert code == 2
    assert out == ""
    assert message in err


def test_unredacted_tasks_say_so(evaluate: Eval, notes: Path, model: Options, tmp_path: Path) -> None:
    _, _, err = evaluate("sample", notes, "-n", 1, "-o", tmp_path / "tasks.json", *model, "--no-redact")
    assert "holds the notes unredacted" in err


def test_fewer_notes_than_asked_for_are_told(evaluate: Eval, notes: Path, model: Options, tmp_path: Path) -> None:
    _, _, err = evaluate("sample", notes, "-o", tmp_path / "tasks.json", *model, "--strategy", "random")
    assert "8 of 8 notes picked (fewer than the 200 asked for" in err


def test_notes_left_out_because_they_cannot_be_redacted_are_told(
    evaluate: Eval, notes: Path, model: Options, tmp_path: Path
) -> None:
    czech = "Patientka Marie Kellerová měla vyrážku po druhé dávce. Lékař si přeje více informací o přípravku."
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"U1,H1,2026-03-14,{czech},Zelvanta\n")
    _, _, err = evaluate("sample", notes, "-o", tmp_path / "tasks.json", *model, "--strategy", "random")
    assert "8 of 9 notes picked" in err
    assert "1 notes left out: in another language" in err
    assert "Kellerov" not in (tmp_path / "tasks.json").read_text(encoding="utf-8")
