from __future__ import annotations

import json

import pytest

from hcplens.errors import InputError
from hcplens.inference.records import Reject, RejectLog, TooManyRejectsError
from hcplens.inference.records.derived import REJECTS
from hcplens.inference.records.rejects import check_rejects


def reject(row: int = 3, value: object = "14/03/2026", field: str | None = "date", table: str = "notes") -> Reject:
    return Reject.of(table, "calls.csv", row, field, value, "not an ISO date", {"note_id": "N1", "date": value})


def log_of(rejects: int, rows: int) -> RejectLog:
    log = RejectLog()
    log.count_read("notes", rows)
    for row in range(1, rejects + 1):
        log.append(reject(row))
    return log


def test_the_table_of_rejects_has_its_schema_and_the_whole_row() -> None:
    table = log_of(2, 10).to_table()
    assert table.schema == REJECTS
    first = table.to_pylist()[0]
    assert json.loads(first["record"]) == {"note_id": "N1", "date": "14/03/2026"}
    assert (first["file"], first["row"], first["field"], first["value"]) == ("calls.csv", 1, "date", "14/03/2026")


def test_an_empty_log_is_an_empty_table() -> None:
    assert RejectLog().to_table().equals(REJECTS.empty_table())
    assert RejectLog().share == 0.0


def test_a_value_is_shortened_to_200_characters_and_the_record_is_not() -> None:
    long = reject(value="x" * 300)
    assert long.value is not None
    assert (len(long.value), long.value[-1]) == (200, "…")
    assert reject(value="x" * 200).value == "x" * 200
    assert json.loads(long.record)["date"] == "x" * 300


def test_values_that_utf8_cannot_carry_still_make_a_table() -> None:
    log = RejectLog()
    log.append(reject(value="a\ud83d"))
    log.append(reject(value={"raw": b"\xff"}))
    first, second = log.to_table().to_pylist()
    assert first["value"] == "a\\ud83d"
    assert json.loads(first["record"])["date"] == "a\ud83d"
    assert second["value"] == '{"raw": "\\\\xff"}'


def test_rejects_are_counted_by_file_and_shared_over_all_rows() -> None:
    log = log_of(2, 10)
    log.count_read("hcps", 30)
    log.append(Reject.of("hcps", "hcps.csv", 2, "hcp_id", None, "empty", {}))
    assert log.by_file == {("notes", "calls.csv"): 2, ("hcps", "hcps.csv"): 1}
    assert log.rows_read == {"notes": 10, "hcps": 30}
    assert (log.count, len(log), log.share) == (3, 3, 3 / 40)


def test_as_many_rejects_as_allowed_are_allowed() -> None:
    check_rejects(log_of(1, 100), 0.01)
    check_rejects(log_of(0, 0), 0.0)
    check_rejects(log_of(5, 5), 1.0)


def test_too_many_rejects_say_how_many_where_why_and_what_to_do() -> None:
    with pytest.raises(TooManyRejectsError) as caught:
        check_rejects(log_of(5, 400), 0.01)
    message = str(caught.value)
    assert "5 of 400 rows rejected (1.2%; 1.0% are allowed)" in message
    assert "calls.csv row 3, date '14/03/2026': not an ISO date" in message
    assert "row 4" not in message
    assert "and 2 more" in message
    assert "--max-rejects 0.013" in message
    assert caught.value.rejects.num_rows == 5
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("share", [-0.1, 1.5, 5])
def test_the_limit_is_a_share(share: float) -> None:
    with pytest.raises(InputError, match="share between 0 and 1"):
        check_rejects(log_of(0, 1), share)


def test_a_message_quotes_neither_free_text_nor_an_unreadable_row() -> None:
    assert "Miller" not in str(reject(field="text", value=["Mrs Miller"]))
    assert "Miller" not in str(reject(field=None, value="{ Mrs Miller"))
    assert "Miller" in str(reject(field="text", value="Miller", table="another"))


@pytest.mark.parametrize("value", ["Mrs Miller, MRN 4471902", ["Mrs Miller"], "Miller 1961"])
def test_words_that_shifted_into_another_cell_are_not_quoted_either(value: object) -> None:
    assert "Miller" not in str(reject(field="channel", value=value))
    assert "Miller" in str(reject(field="channel", value=value, table="hcps"))


@pytest.mark.parametrize("value", ["2026-03-41", "2026-03-41 10:00", "carrier-pigeon", 12.5])
def test_a_date_a_number_and_one_word_are_quoted(value: object) -> None:
    assert str(value) in str(reject(field="channel", value=value))
