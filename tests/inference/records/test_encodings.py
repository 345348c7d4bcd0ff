from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError

Read = Callable[..., Any]
HEADER = "note_id,hcp_id,date,text\n"


def line(note_id: str, text: str) -> str:
    return f"{note_id},H1,2026-03-14,{text}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_and_marked_unicode_read_the_same(tmp_path: Path, read: Read, encoding: str) -> None:
    table = tmp_path / "notes.csv"
    table.write_bytes((HEADER + line("N1", "Kosten für 💊")).encode(encoding))
    lines = tmp_path / "notes.jsonl"
    record = {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "text": "Kosten für 💊"}
    lines.write_bytes(json.dumps(record, ensure_ascii=False).encode(encoding))
    for path in (table, lines):
        reading = read(path)
        assert reading.texts == ["Kosten für 💊"]
        assert (reading.notices, reading.rejects) == ((), [])


@pytest.mark.parametrize("bom", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_of_either_byte_order_keeps_line_numbers(tmp_path: Path, read: Read, bom: bytes) -> None:
    text = HEADER + line("N1", "a") + "N2,H1,14.03.2026,b\n"
    path = tmp_path / "notes.csv"
    path.write_bytes(bom + text.encode("utf-16-le" if bom == b"\xff\xfe" else "utf-16-be"))
    reading = read(path)
    assert reading.ids == ["N1"]
    assert [(reject.row, reject.value) for reject in reading.rejects] == [(3, "14.03.2026")]


def test_lines_that_are_not_utf8_are_read_as_windows_1252_with_one_notice(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.csv"
    rows = [
        line("N1", "für").encode("utf-8"),
        line("N2", "für “alle”").encode("cp1252"),
        line("N3", "8 €").encode("cp1252"),
    ]
    path.write_bytes(BOM_UTF8 + HEADER.encode() + b"".join(rows))
    reading = read(path)
    assert reading.texts == ["für", "für “alle”", "8 €"]
    assert reading.notices == (f"{path}: 2 lines not in UTF-8, read as Windows-1252 (the first is line 3)",)


def test_a_line_in_no_known_encoding_is_rejected(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.csv"
    path.write_bytes(HEADER.encode() + b"N1,H1,2026-03-14,\x81\xff\n" + line("N2", "fine").encode())
    reading = read(path)
    assert reading.ids == ["N2"]
    assert [(r.row, r.field, r.reason) for r in reading.rejects] == [(2, None, "neither UTF-8 nor Windows-1252")]
    lines = tmp_path / "notes.jsonl"
    lines.write_bytes(b'{"note_id": "\x81\xff"}\n')
    assert [r.row for r in read(lines).rejects] == [1]


def test_utf16_that_ends_inside_a_character_is_damaged(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.csv"
    path.write_bytes((HEADER + line("N1", "a")).encode("utf-16")[:-1])
    with pytest.raises(InputError, match=r"notes\.csv: damaged or cut off after \d rows .* copy the file again"):
        read(path)


def test_line_separators_inside_a_text_do_not_split_a_row(tmp_path: Path, read: Read) -> None:
    text = "a\u2028b\u0085c\x0bd\x1ce"
    path = tmp_path / "notes.jsonl"
    record = {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "text": text}
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read(path).texts == [text]
