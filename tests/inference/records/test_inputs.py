from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference import records
from hcplens.inference.records import TABLES, ColumnMap, TooManyRejectsError, load_inputs
from hcplens.inference.records.derived import REJECTS

TODAY = date(2026, 10, 1)
Note = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture
def notes(tmp_path: Path, note: Note, write_jsonl: Write) -> Path:
    rows = [note(note_id=f"N{i}", hcp_id=f"H{i}", date=f"2026-03-0{i}") for i in range(1, 6)]
    return write_jsonl(tmp_path / "notes.jsonl", rows)


def csv_file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def test_tables_that_are_not_given_are_empty_with_their_schema(notes: Path) -> None:
    inputs = load_inputs({"notes": notes}, today=TODAY)
    assert inputs.notes.num_rows == 5
    for name in ("surveys", "content_events", "hcps", "consents", "labels", "dispositions"):
        assert getattr(inputs, name).equals(TABLES[name].schema.empty_table())
    assert inputs.rejects.equals(REJECTS.empty_table())
    assert inputs.rows_read == {"notes": 5}
    assert inputs.notices == ()


def test_the_last_date_of_the_evidence_is_the_default_as_of(tmp_path: Path, notes: Path) -> None:
    events = csv_file(
        tmp_path,
        "events.csv",
        "event_id,hcp_id,timestamp,channel,action",
        "E1,H1,2026-04-01T23:30:00-05:00,email,sent",
    )
    assert load_inputs({"notes": notes}, today=TODAY).as_of == date(2026, 3, 5)
    inputs = load_inputs({"notes": notes, "content_events": events}, today=TODAY)
    assert (inputs.as_of, inputs.as_of_table) == (date(2026, 4, 2), "content_events")
    assert inputs.notes.num_rows == 5


def test_rows_after_the_as_of_date_are_not_used_and_counted(tmp_path: Path, notes: Path) -> None:
    consents = csv_file(
        tmp_path,
        "consents.csv",
        "hcp_id,channel,status,captured_at",
        "H1,email,opt_in,2026-03-03T23:59:59Z",
        "H1,email,opt_out,2026-03-04T00:00:00Z",
    )
    inputs = load_inputs({"notes": notes, "consents": consents}, as_of=date(2026, 3, 3), today=TODAY)
    assert inputs.as_of_table is None
    assert inputs.notes["note_id"].to_pylist() == ["N1", "N2", "N3"]
    assert inputs.consents["status"].to_pylist() == ["opt_in"]
    assert inputs.notices == (
        "notes: 2 rows dated after 2026-03-03 not used",
        "consents: 1 row dated after 2026-03-03 not used",
    )
    assert inputs.rejects.num_rows == 0
    assert inputs.rows_read == {"notes": 5, "consents": 2}


def test_the_default_day_is_the_last_date_of_any_table_so_that_a_late_opt_out_counts(
    tmp_path: Path, notes: Path
) -> None:
    consents = csv_file(
        tmp_path, "consents.csv", "hcp_id,channel,status,captured_at", "H1,email,opt_out,2026-09-01T00:00:00Z"
    )
    inputs = load_inputs({"notes": notes, "consents": consents}, today=TODAY)
    assert inputs.as_of == date(2026, 9, 1)
    assert inputs.consents["status"].to_pylist() == ["opt_out"]


def test_without_any_date_today_is_the_as_of(tmp_path: Path) -> None:
    hcps = csv_file(tmp_path, "hcps.csv", "hcp_id", "H1")
    assert load_inputs({"hcps": hcps}, today=TODAY).as_of == TODAY


def test_rows_of_unknown_physicians_are_kept_with_a_notice(tmp_path: Path, notes: Path) -> None:
    hcps = csv_file(tmp_path, "hcps.csv", "hcp_id,name", "H1,Dr. A")
    inputs = load_inputs({"notes": notes, "hcps": hcps}, today=TODAY)
    assert inputs.notes.num_rows == 5
    assert inputs.notices == ("notes: 4 physicians not in hcps, whose rows are kept (H2, H3, H4, …)",)


def test_a_brand_has_one_spelling_in_all_tables_and_the_others_are_told(
    tmp_path: Path, note: Note, write_jsonl: Write
) -> None:
    text = "ZELVANTA® was discussed"
    brands = ["Zelvanta", "ZELVANTA", "Zelvanta®", "Zelvanta", None]
    rows = [note(note_id=f"N{place}", brand=brand, text=text) for place, brand in enumerate(brands)]
    notes = write_jsonl(tmp_path / "notes.jsonl", rows)
    labels = csv_file(tmp_path, "labels.csv", "brand,dose", "Zelvanta®,5 mg")
    inputs = load_inputs({"notes": notes, "labels": labels}, today=TODAY)
    assert inputs.notes["brand"].to_pylist() == [*["Zelvanta"] * 4, None]
    assert inputs.labels["brand"].to_pylist() == ["Zelvanta"]
    assert set(inputs.notes["text"].to_pylist()) == {text}
    assert inputs.notices == ("brand 'Zelvanta' is spelled 'Zelvanta®', 'ZELVANTA' too: read as one brand",)


def test_each_file_is_listed_with_its_digest(tmp_path: Path, notes: Path) -> None:
    folder = tmp_path / "surveys"
    folder.mkdir()
    for name in ("b", "a"):
        csv_file(folder, f"{name}.csv", "response_id,hcp_id,date,question,answer", f"{name},H1,2026-01-01,q,7")
    inputs = load_inputs({"surveys": folder, "notes": notes}, today=TODAY)
    assert [(file.table, Path(file.path).name) for file in inputs.files] == [
        ("notes", "notes.jsonl"),
        ("surveys", "a.csv"),
        ("surveys", "b.csv"),
    ]
    data = notes.read_bytes()
    assert (inputs.files[0].bytes, inputs.files[0].sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_too_many_rejects_over_all_tables_stop_the_reading(tmp_path: Path, notes: Path) -> None:
    hcps = csv_file(tmp_path, "hcps.csv", "hcp_id,name", "H1,a", ",b", "H3,c")
    paths = {"notes": notes, "hcps": hcps}
    with pytest.raises(TooManyRejectsError, match=r"1 of 8 rows rejected \(12\.5%") as caught:
        load_inputs(paths, today=TODAY)
    assert caught.value.rejects.to_pylist()[0]["field"] == "hcp_id"
    inputs = load_inputs(paths, today=TODAY, max_rejects=0.125)
    assert inputs.rejects.num_rows == 1
    assert inputs.hcps["hcp_id"].to_pylist() == ["H1", "H3"]


def test_a_column_map_applies_to_every_table(tmp_path: Path) -> None:
    column_map = ColumnMap.model_validate({"name": "x", "tables": {"hcps": {"columns": {"hcp_id": "Id"}}}})
    hcps = csv_file(tmp_path, "hcps.csv", "Id", "H1")
    assert load_inputs({"hcps": hcps}, column_map=column_map, today=TODAY).hcps["hcp_id"].to_pylist() == ["H1"]


def test_an_unknown_table_is_refused_with_the_nearest(notes: Path) -> None:
    with pytest.raises(InputError, match=r"unknown table 'survey' \(did you mean 'surveys'\?\)"):
        load_inputs({"survey": notes})


def test_every_public_name_exists_once() -> None:
    assert len(set(records.__all__)) == len(records.__all__)
    assert all(hasattr(records, name) for name in records.__all__)
