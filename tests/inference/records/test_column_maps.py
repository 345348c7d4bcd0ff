from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.records import ColumnMap

Read = Callable[..., Any]
MAP = """
name: my-crm
tables:
  notes:
    columns: {note_id: Id, text: Call_Notes, date: Call_Date}
    values: {channel: {"Besuch vor Ort": face_to_face}}
"""


def load(folder: Path, text: str) -> ColumnMap:
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return ColumnMap.load(path)


def test_columns_and_values_of_another_system_are_renamed(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("Id,hcp_id,Call_Date,Call_Notes,channel,date\nC1,H1,2026-03-14,a,Besuch vor Ort,x\n")
    reading = read(path, column_map=load(tmp_path, MAP))
    (row,) = reading.rows
    assert (row["note_id"], row["text"], row["channel"]) == ("C1", "a", "face_to_face")
    assert reading.notices == ("notes: ignored columns that the table does not have: date",)


def test_a_mapped_column_that_is_missing_is_named_as_the_source_names_it(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("Id,hcp_id,CallDate,Call_Notes\n")
    with pytest.raises(InputError, match=r"'Call_Date' \(mapped to date\).*did you mean 'CallDate'"):
        read(path, column_map=load(tmp_path, MAP))


def test_a_mapped_optional_column_that_is_missing_is_a_notice(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("note_id,hcp_id,date,text\nN1,H1,2026-03-14,a\n")
    column_map = load(tmp_path, "{name: x, tables: {notes: {columns: {brand: Product}}}}")
    reading = read(path, column_map=column_map)
    assert reading.notices == (f"{path}: no column 'Product', which the column map reads as brand; left empty",)


def test_a_table_that_the_map_does_not_list_keeps_its_names(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "hcps.csv"
    path.write_text("hcp_id,name\nH1,Dr. A\n")
    assert read(path, "hcps", column_map=load(tmp_path, MAP)).ids == ["H1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{name: x, tables: {note: {}}}", r"unknown table 'note' \(did you mean 'notes'\?\)"),
        ("{name: x, tables: {notes: {columns: {hcpid: A}}}}", r"no column 'hcpid' \(did you mean 'hcp_id'\?\)"),
        ("{name: x, tables: {notes: {values: {chanel: {a: b}}}}}", r"no column 'chanel' \(did you mean 'channel'\?\)"),
        (
            "{name: x, tables: {notes: {values: {channel: {Mail: e_mail}}}}}",
            r"unknown channel 'e_mail' \(did you mean 'email'",
        ),
        ("{name: x, tables: {notes: {values: {date: {today: 2026}}}}}", "tables.notes.values.date.today"),
        ('{name: x, tables: {notes: {values: {text: {"a": "b"}}}}}', "values of notes.text cannot be renamed"),
        ("{name: x, tables: {notes: {column: {}}}}", "tables.notes.column: Extra inputs"),
        ("tables: {}", "name: Field required"),
        ("- a", "not a column map: tables"),
        ("", "not a column map"),
        ("{name: [", "is not valid YAML"),
    ],
)
def test_a_bad_map_is_refused_with_the_entry(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load(tmp_path, text)
    assert "map.yaml" in str(caught.value)


def test_a_missing_map_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the column map .*gone\.yaml"):
        ColumnMap.load(tmp_path / "gone.yaml")
