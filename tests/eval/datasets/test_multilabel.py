from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import read_label_file, read_label_files
from hcplens.inference.insights import LabelledText

TEXTS = [
    LabelledText(id="1", text="too dear, and none left", labels=("cost", "supply"), group="g1"),
    LabelledText(id="2", text="a nice lunch", labels=(), group="g1"),
    LabelledText(id="3", text="none left", labels=("supply",), group=None),
]
ONE_COLUMN = """id,text,labels,group
1,"too dear, and none left",cost; supply;,g1
2,a nice lunch,,g1
3,none left,supply,
"""
A_COLUMN_EACH = """id,text,cost,supply,group
1,"too dear, and none left",1,1,g1
2,a nice lunch,0,0,g1
3,none left,0,1,
"""


@pytest.mark.parametrize("content", [ONE_COLUMN, A_COLUMN_EACH])
def test_labels_are_read_from_one_column_or_from_one_each(content: str, tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text(content)
    assert read_label_file(tmp_path / "texts.csv") == TEXTS
    found = read_label_files(tmp_path)
    assert list(found.texts) == TEXTS
    assert found.labels == ("cost", "supply")


def test_json_lines_are_read_and_groups_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": 7, "text": "a", "labels": ["x"]}) + "\n")
    assert read_label_files(tmp_path / "texts.jsonl").texts == (LabelledText(id=7, text="a", labels=("x",)),)


def test_other_tables_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text(ONE_COLUMN)
    (tmp_path / "surveys.csv").write_text("id,text,answer\n1,a,yes\n")
    (tmp_path / "odd.csv").write_bytes(b"a;b\n\xff,1,2;3\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "notes.jsonl").write_text(json.dumps({"note_id": "N1", "text": "a", "insights": []}) + "\n")
    found = read_label_files(tmp_path)
    assert [path.name for path in found.files] == ["texts.csv"]
    assert [path.name for path in found.skipped] == ["empty.csv", "notes.jsonl", "odd.csv", "surveys.csv"]


def test_a_mark_that_is_neither_0_nor_1_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("id,text,cost\n1,a,1\n2,b,2\n")
    with pytest.raises(InputError, match=r"texts\.csv row 3, cost '2': is neither 0 nor 1"):
        read_label_file(path)


@pytest.mark.parametrize("first", [0, 1])
def test_a_text_without_labels_among_labelled_ones_is_named_wherever_it_stands(first: int, tmp_path: Path) -> None:
    texts = [json.dumps({"id": 1, "text": "a", "labels": []}), json.dumps({"id": 2, "text": "b"})]
    (tmp_path / "texts.jsonl").write_text(f"{texts[first]}\n{texts[1 - first]}\n")
    with pytest.raises(InputError, match=rf"texts\.jsonl line {2 - first}: labels: missing"):
        read_label_files(tmp_path)


def test_a_first_row_without_marks_does_not_make_a_table_be_passed_over(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text("id,text,cost\n1,a,\n2,b,1\n")
    with pytest.raises(InputError, match=r"texts\.csv row 2, cost ''"):
        read_label_files(tmp_path)


def test_a_table_without_labels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("id,text\n1,a\n")
    with pytest.raises(InputError, match="neither a column labels nor one for each label"):
        read_label_file(path)


def test_a_text_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("id,text,labels\n1,a,x\n")
    (tmp_path / "two.jsonl").write_text(json.dumps({"id": 1, "text": "b", "labels": []}) + "\n")
    with pytest.raises(InputError, match="text '1' is there twice"):
        read_label_files(tmp_path)


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs the public data")
def test_public_sets_are_read() -> None:
    caves = read_label_files(Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "caves")
    assert (len(caves.texts), len(caves.labels)) == (6957 + 987, 12)
