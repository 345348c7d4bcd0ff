from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.records import Notices
from hcplens.inference.records.table_files import TableFile, table_files


@pytest.mark.parametrize(
    ("name", "file_format", "compression"),
    [
        ("a.csv", "csv", None),
        ("a.b.CSV.GZ", "csv", "gzip"),
        ("a.tsv", "tsv", None),
        ("a.jsonl.zst", "jsonl", "zstd"),
        ("a.ndjson", "jsonl", None),
        ("a.snappy.parquet", "parquet", None),
    ],
)
def test_the_suffix_says_format_and_compression(name: str, file_format: str, compression: str | None) -> None:
    file = TableFile.of(Path(name))
    assert (file.format, file.compression) == (file_format, compression)


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.gz", "a.parquet.gz", "a.csv.bz2", "a.txt"])
def test_another_suffix_is_refused_with_what_can_be_read(name: str) -> None:
    with pytest.raises(InputError, match=rf"{name}: cannot read .* give CSV"):
        TableFile.of(Path(name))


def test_a_json_file_is_told_to_be_json_lines() -> None:
    with pytest.raises(InputError, match=r"Name it \.jsonl"):
        TableFile.of(Path("notes.json"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv: no such file or folder"):
        table_files(tmp_path / "gone.csv", Notices())


def test_a_folder_is_read_by_name_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.csv", "a.jsonl", ".hidden.csv", "_SUCCESS", "_part.csv"):
        (tmp_path / name).touch()
    notices = Notices()
    assert [file.path.name for file in table_files(tmp_path, notices)] == ["a.jsonl", "b.csv"]
    assert len(notices) == 0


def test_what_else_lies_in_a_folder_is_named_in_a_notice(tmp_path: Path) -> None:
    for name in ("a.csv", "readme.txt", "b.xlsx"):
        (tmp_path / name).touch()
    (tmp_path / "older").mkdir()
    notices = Notices()
    assert len(table_files(tmp_path, notices)) == 1
    assert [message.split(": ", 1)[1] for message in notices] == [
        "not read, because they are no tables: b.xlsx, older, readme.txt"
    ]


def test_a_folder_without_tables_is_an_error_that_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder without tables; give CSV"):
        table_files(tmp_path, Notices())
    (tmp_path / "calls.xlsx").touch()
    with pytest.raises(InputError, match=r"a folder without tables; it holds calls\.xlsx"):
        table_files(tmp_path, Notices())


def test_a_folder_with_a_tables_name_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "notes.parquet").mkdir()
    with pytest.raises(InputError, match="a folder without tables"):
        table_files(tmp_path, Notices())


def test_the_files_of_a_folder_make_one_table(
    tmp_path: Path, read: Callable[..., Any], note: Callable[..., dict[str, Any]], write_jsonl: Callable[..., Path]
) -> None:
    write_jsonl(tmp_path / "2.jsonl", [note(note_id="N2"), note(note_id="N1")])
    (tmp_path / "1.csv").write_text("note_id,hcp_id,date,text\nN1,H1,2026-03-14,likes the data\n")
    reading = read(tmp_path)
    assert reading.ids == ["N1", "N2"]
    assert reading.notices == ("notes: 1 identical repeated row collapsed",)
    assert reading.rows_read == {"notes": 3}
