from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hcplens.errors import InputError
from hcplens.inference.records.raw_rows import RawRow, in_batches

Read = Callable[..., Any]


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return [
        {"note_id": f"N{i}", "hcp_id": "H1", "date": "2026-03-14", "text": f"{i * 7919 % 1000003} visits {i**3}"}
        for i in range(60_000)
    ]


def compressed(path: Path, rows: list[dict[str, Any]]) -> Path:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    with pa.output_stream(str(path), compression="gzip" if path.suffix == ".gz" else "zstd") as stream:
        stream.write(data)
    return path


@pytest.mark.parametrize("name", ["notes.jsonl.gz", "notes.jsonl.zst"])
def test_a_compressed_file_reads_as_the_plain_one(
    tmp_path: Path, read: Read, rows: list[dict[str, Any]], name: str
) -> None:
    reading = read(compressed(tmp_path / name, rows[:100]))
    assert reading.texts == [row["text"] for row in rows[:100]]


def test_a_gzip_file_of_several_members_is_read_to_its_end(
    tmp_path: Path, read: Read, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path / "notes.jsonl.gz"
    path.write_bytes(b"".join(gzip.compress(json.dumps(row).encode() + b"\n") for row in rows[:3]))
    assert read(path).ids == ["N0", "N1", "N2"]


@pytest.mark.parametrize("name", ["notes.jsonl.gz", "notes.jsonl.zst"])
def test_a_truncated_compressed_file_says_how_far_it_was_read(
    tmp_path: Path, read: Read, rows: list[dict[str, Any]], name: str
) -> None:
    path = compressed(tmp_path / name, rows)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])
    with pytest.raises(
        InputError, match=r"damaged or cut off after [1-9][\d,]+ rows .*; copy the file again"
    ) as caught:
        read(path)
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["notes.jsonl.gz", "notes.jsonl.zst", "notes.parquet"])
def test_a_file_cut_off_at_its_start_is_named(tmp_path: Path, read: Read, name: str) -> None:
    path = tmp_path / name
    path.touch()
    with pytest.raises(InputError, match="cut off at its start; copy the file again"):
        read(path)


def test_a_truncated_parquet_file_is_damaged(tmp_path: Path, read: Read, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "notes.parquet"
    pq.write_table(pa.Table.from_pylist(rows[:1000]), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"notes\.parquet: damaged or cut off after 0 rows"):
        read(path)


def test_a_parquet_file_with_a_damaged_page_says_how_far_it_was_read(
    tmp_path: Path, read: Read, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path / "notes.parquet"
    pq.write_table(pa.Table.from_pylist(rows[:1000]), path, row_group_size=500, compression="zstd")
    data = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(1).column(3).data_page_offset
    data[start : start + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"damaged or cut off after \d+ rows .*; copy the file again"):
        read(path, batch_rows=100)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("notes.csv", b"\x1f\x8b\x08\x00", "is gzip by its content, not csv"),
        ("notes.jsonl", b"PAR1", "is parquet by its content, not jsonl"),
        ("notes.csv", b"PK\x03\x04", "is zip or Excel by its content, not csv"),
        ("notes.csv.gz", b"\x28\xb5\x2f\xfd", "is zstd by its content, not gzip"),
        ("notes.parquet", b"note_id,hcp_id", "is not parquet"),
        ("notes.csv.gz", b"note_id,hcp_id", "is not gzip"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, read: Read, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=what):
        read(tmp_path / name)


def test_the_rows_before_the_damage_come_first() -> None:
    def damaged() -> Iterator[RawRow]:
        yield from (RawRow(number, {}, 0) for number in (1, 2, 3))
        raise OSError("cut")

    seen: list[int] = []
    with pytest.raises(OSError, match="cut"):
        seen.extend(len(batch) for batch in in_batches(damaged(), 2))
    assert seen == [2, 1]


def test_a_batch_ends_early_where_texts_are_long() -> None:
    rows = [RawRow(number, {}, 3_000_000) for number in range(8)]
    assert [len(batch) for batch in in_batches(iter(rows), 4096)] == [3, 3, 2]
