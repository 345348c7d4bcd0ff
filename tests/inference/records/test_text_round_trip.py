"""What a rep typed comes back code point for code point from every format."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.records import TABLES, Notices, RejectLog, read_table

TELLING = st.sampled_from(
    ["\r\n", "\n", "\r", '"', ",", ";", "\0", "\ufeff", "👩🏽‍⚕️", "漢字", "e\u0301", "\u2028", " "]
)
TEXTS = st.lists(st.lists(st.text(max_size=20) | TELLING, max_size=6).map("".join), min_size=1, max_size=5)
COLUMNS = ["note_id", "hcp_id", "date", "text"]


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_bytes("".join(lines).encode())


def write_escaped_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="ascii")


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("notes.csv", write_csv),
        ("notes.jsonl", write_jsonl),
        ("notes.ndjson", write_escaped_jsonl),
        ("notes.parquet", write_parquet),
    ],
)
@given(texts=TEXTS)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_identical(name: str, write: Any, texts: list[str]) -> None:
    rows = [{"note_id": f"N{i}", "hcp_id": "H1", "date": "2026-03-14", "text": text} for i, text in enumerate(texts)]
    log, notices = RejectLog(), Notices()
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path, rows)
        table = read_table(path, TABLES["notes"], rejects=log, notices=notices, batch_rows=2)
    assert table["text"].to_pylist() == texts
    assert log.count == 0
