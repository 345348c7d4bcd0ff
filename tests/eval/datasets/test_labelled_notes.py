from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import first_place, places, read_note_files

SHIPPED = Path(__file__).parents[3] / "eval" / "gold"


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def note(name: str, **fields: Any) -> dict[str, Any]:
    return {"note_id": name, "hcp_id": "H1", "text": "price too high"} | fields


def test_the_benchmark_that_ships_has_its_training_notes_and_its_timelines() -> None:
    found = read_note_files(SHIPPED, "insights")
    assert len(found.notes) == 468
    assert [path.name for path in found.files] == ["notes_a.jsonl", "notes_b.jsonl", "notes.jsonl"]


def test_other_files_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "labelled.jsonl", note("N1", insights=[]))
    write(tmp_path / "raw.jsonl", note("N2"))
    write(tmp_path / "modules.jsonl", {"module_id": "M1", "insights": []})
    write(tmp_path / "empty.jsonl")
    (tmp_path / "hcps.csv").write_text("hcp_id\nH1\n")
    assert [found.note_id for found in read_note_files(tmp_path, "insights").notes] == ["N1"]
    assert read_note_files(tmp_path / "raw.jsonl", "insights").notes == ()
    assert read_note_files(tmp_path / "hcps.csv", "insights").notes == ()


def test_notes_with_any_of_the_labels_asked_for_are_read(tmp_path: Path) -> None:
    write(tmp_path / "notes.jsonl", note("N1", flags=[]), note("N2", phi=["price"]))
    assert len(read_note_files(tmp_path, "flags", "phi").notes) == 2
    assert read_note_files(tmp_path, "insights").notes == ()


@pytest.mark.parametrize("first", [0, 1])
def test_a_note_without_labels_among_labelled_ones_is_named_wherever_it_stands(first: int, tmp_path: Path) -> None:
    notes = [note("N1", insights=[]), note("N2")]
    write(tmp_path / "notes.jsonl", notes[first], notes[1 - first])
    line = 2 - first
    with pytest.raises(
        InputError, match=rf"notes\.jsonl line {line}: insights: missing; give \[\] where there is none"
    ):
        read_note_files(tmp_path, "insights")


def test_files_that_are_passed_over_are_known(tmp_path: Path) -> None:
    write(tmp_path / "labelled.jsonl", note("N1", insights=[]))
    write(tmp_path / "raw.jsonl", note("N2"))
    assert [path.name for path in read_note_files(tmp_path, "insights").skipped] == ["raw.jsonl"]


def test_a_note_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "one.jsonl", note("N1", insights=[]))
    write(tmp_path / "timelines" / "notes.jsonl", note("N1", insights=[]))
    with pytest.raises(InputError, match="note 'N1' is there twice"):
        read_note_files(tmp_path, "insights")


def test_words_are_found_where_they_stand() -> None:
    assert first_place("no PA, no PA", "no PA") == (0, 5)
    assert list(places("no PA, no PA", "no PA")) == [(0, 5), (7, 12)]
    assert list(places("aaa", "aa")) == [(0, 2)]
    assert list(places("aaa", "")) == []
    assert list(places("aaa", "b")) == []
