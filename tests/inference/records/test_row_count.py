"""About how many rows there are."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hcplens.inference.records import estimated_rows


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.jsonl", b"{}\n{}\n", 2),
        ("a.jsonl", b"{}\n{}", 2),
        ("a.csv", b"id\n1\n2\n3", 3),
        ("a.csv", b"", 0),
        ("a.jsonl.gz", gzip.compress(b"{}\n{}\n{}\n"), 3),
    ],
)
def test_line_ends_are_counted_and_a_header_is_no_row(tmp_path: Path, name: str, content: bytes, rows: int) -> None:
    (tmp_path / name).write_bytes(content)
    assert estimated_rows(tmp_path / name) == rows


def test_the_files_of_a_folder_add_up(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1", "2"]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_bytes(b"{}\n")
    assert estimated_rows(tmp_path) == 3


@pytest.mark.parametrize("name", ["missing.jsonl", "damaged.parquet", "damaged.csv.gz"])
def test_what_cannot_be_read_has_no_count(tmp_path: Path, name: str) -> None:
    if name.startswith("damaged"):
        (tmp_path / name).write_bytes(gzip.compress(b"x" * 1000)[:20])
    assert estimated_rows(tmp_path / name) is None
