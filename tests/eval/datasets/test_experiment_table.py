from __future__ import annotations

import gzip
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hcplens.errors import InputError
from hcplens.eval.datasets import ExperimentTable, read_experiment_table

TEXT = "hcp_id,arm,visits,opted_in\nH1,email, 3 ,true\nH2,control,,False\nH3,email,NA,true\n"


def read(path: Path, text: str, *columns: str) -> ExperimentTable:
    path.write_text(text, encoding="utf-8")
    return read_experiment_table(path, columns)


def test_columns_are_read_as_text_or_numbers_and_gaps_are_kept(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", TEXT, "hcp_id", "arm", "visits", "opted_in")
    assert table.units("hcp_id") == ("H1", "H2", "H3")
    assert table.filled("arm") == ("email", "control", "email")
    visits = table.numbers("visits").tolist()
    assert visits[0] == 3.0
    assert all(map(math.isnan, visits[1:]))
    assert table.numbers("opted_in").tolist() == [1.0, 0.0, 1.0]
    assert table.rows == (2, 3, 4)


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("Yes", "NO"), ("true", "False")])
def test_yes_and_no_are_one_and_nought(tmp_path: Path, yes: str, no: str) -> None:
    table = read(tmp_path / "t.csv", f"seen\n{yes}\n{no}\n", "seen")
    assert table.numbers("seen").tolist() == [1.0, 0.0]


def test_plain_compressed_and_parquet_files_hold_the_same(tmp_path: Path) -> None:
    plain = read(tmp_path / "t.csv", TEXT, "hcp_id", "visits")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    cells = {"hcp_id": ["H1", "H2", "H3"], "visits": [3.0, None, math.nan]}
    pq.write_table(pa.table(cells), tmp_path / "t.parquet")
    for name in ("t.csv.gz", "t.parquet"):
        other = read_experiment_table(tmp_path / name, ["hcp_id", "visits"])
        assert other.units("hcp_id") == plain.units("hcp_id")
        assert str(other.numbers("visits")) == str(plain.numbers("visits"))


def test_whole_ids_of_a_parquet_file_are_those_of_a_csv_file(tmp_path: Path) -> None:
    pq.write_table(pa.table({"hcp_id": [12.0, 13.0]}), tmp_path / "t.parquet")
    assert read_experiment_table(tmp_path / "t.parquet", ["hcp_id"]).units("hcp_id") == ("12", "13")


def test_an_optional_column_is_read_only_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    assert "hcp_id" in read_experiment_table(tmp_path / "t.csv", ["arm"], optional=["hcp_id"])
    assert "rep_id" not in read_experiment_table(tmp_path / "t.csv", ["arm"], optional=["rep_id"])


def test_a_value_that_is_no_number_is_named_with_its_row(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", "visits\n1\nmany\n", "visits")
    with pytest.raises(InputError, match=r"t\.csv, row 3: visits is 'many', which is no number"):
        table.numbers("visits")


@pytest.mark.parametrize("value", ["inf", "-Infinity", "1e999"])
def test_infinity_is_no_number(tmp_path: Path, value: str) -> None:
    table = read(tmp_path / "t.csv", f"visits\n{value}\n", "visits")
    with pytest.raises(InputError, match=r"row 2: visits is"):
        table.numbers("visits")


def test_a_unit_in_two_rows_is_named_with_both(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", "hcp_id\nH1\nH2\nH1\n", "hcp_id")
    with pytest.raises(InputError, match=r"row 4: hcp_id 'H1' stands in row 2 already"):
        table.units("hcp_id")


def test_a_row_without_a_unit_is_refused(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", "hcp_id,arm\nH1,a\n ,b\n", "hcp_id")
    with pytest.raises(InputError, match=r"row 3: 'hcp_id' is empty"):
        table.units("hcp_id")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty, without even a header"),
        ("hcp_id,arm\n", "has a header but no rows"),
        ("hcp,arm\nH1,a\n", r"no column 'hcp_id' \(did you mean 'hcp'\?\); it has hcp, arm"),
        ("hcp_id,hcp_id\nH1,H2\n", "2 columns are called 'hcp_id'"),
        ("hcp_id,arm\nH1\n", "row 2: 1 cells where the header has 2 columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "t.csv", text, "hcp_id")


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"hcp_id\n" + b"".join(f"H{n}\n".encode() for n in range(5000)))
    (tmp_path / "t.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged or cut off"):
        read_experiment_table(tmp_path / "t.csv.gz", ["hcp_id"])


def test_a_missing_file_and_another_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_experiment_table(tmp_path / "none.csv", ["hcp_id"])
    (tmp_path / "t.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(InputError, match="give the table as CSV or Parquet"):
        read_experiment_table(tmp_path / "t.jsonl", ["hcp_id"])
