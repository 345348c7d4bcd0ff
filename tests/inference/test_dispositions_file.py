from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hcplens import InputError
from hcplens.inference.dispositions_file import Disposition, append_disposition, read_dispositions

CLOSED = Disposition("N1", "adverse_event", "closed", date(2026, 3, 20), 'reported, "case 7"; closed')
HEADER = "note_id,kind,disposition,decided_at,reason\n"


def test_a_file_is_made_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "decided.csv"
    assert append_disposition(file, CLOSED)
    assert append_disposition(file, replace(CLOSED, note_id="N2"))
    assert file.read_text(encoding="utf-8").startswith(HEADER)
    rows = read_dispositions(file).to_pylist()
    assert [Disposition(**row) for row in rows] == [CLOSED, replace(CLOSED, note_id="N2")]


def test_the_same_decision_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "decided.csv"
    append_disposition(file, CLOSED)
    before = file.read_bytes()
    assert not append_disposition(file, CLOSED)
    assert file.read_bytes() == before


def test_another_reason_for_the_same_decision_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "decided.csv"
    append_disposition(file, CLOSED)
    before = file.read_bytes()
    with pytest.raises(InputError, match="the same decision of 2026-03-20 for another reason"):
        append_disposition(file, replace(CLOSED, reason="a second thought"))
    assert file.read_bytes() == before
    assert append_disposition(file, replace(CLOSED, reason="a second thought", decided_at=date(2026, 3, 21)))


@pytest.mark.parametrize(
    "before",
    [
        b"",
        HEADER.encode(),
        b"\xef\xbb\xbf" + HEADER.replace("\n", "\r\n").encode() + b"N9,off_label,open,2026-03-01,asked again\r\n",
        b"reason,ticket,decided_at,disposition,kind,note_id\nasked again,T-1,2026-03-01,open,off_label,N9",
    ],
)
def test_what_the_file_holds_stays_and_its_own_columns_are_kept(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "decided.csv"
    file.write_bytes(before)
    assert append_disposition(file, CLOSED)
    assert file.read_bytes().startswith(before)
    rows = [Disposition(**row) for row in read_dispositions(file).to_pylist()]
    assert rows[-1] == CLOSED
    assert len(rows) == 1 + (b"N9" in before)


def in_folder(folder: Path) -> Path:
    (folder / "decided.csv").mkdir()
    return folder / "decided.csv"


def other_columns(folder: Path) -> Path:
    (folder / "decided.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return folder / "decided.csv"


def semicolons(folder: Path) -> Path:
    (folder / "decided.csv").write_text(HEADER.replace(",", ";"), encoding="utf-8")
    return folder / "decided.csv"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "decided.jsonl", "ends in .csv"),
        (in_folder, "is a folder"),
        (other_columns, "note_id"),
        (semicolons, "is no CSV file in UTF-8 with the columns note_id,kind"),
    ],
)
def test_a_file_that_holds_something_else_is_left_alone(
    tmp_path: Path, make: Callable[[Path], Path], message: str
) -> None:
    file = make(tmp_path)
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(InputError, match=message):
        append_disposition(file, CLOSED)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    file = tmp_path / "decided.csv"
    file.write_text(f"{HEADER}N1,adverse_event,shut,2026-03-20,\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2, disposition 'shut': unknown value"):
        read_dispositions(file)
