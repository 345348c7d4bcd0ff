from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hcplens.inference.records.cells import CellError, ColumnParser, cell_parser
from hcplens.inference.records.schemas import ACTIONS, CHANNELS, Column

TODAY = date(2026, 10, 1)


def parse(column: Column, value: object, values: dict[str, str] | None = None) -> Any:
    return cell_parser(column, values or {}, TODAY)(value)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-14",
        " 2026-03-14 ",
        "2026-03-14T23:30:00-05:00",
        "2026-03-14 08:00",
        date(2026, 3, 14),
        datetime(2026, 3, 14, 9, tzinfo=UTC),
    ],
)
def test_a_date_is_read_from_iso_dates_and_datetimes(value: object) -> None:
    assert parse(Column("date", "date"), value) == date(2026, 3, 14)


@pytest.mark.parametrize(
    "value", ["14/03/2026", "2026-02-30", "March 14", "20260314", "1700010112345", 1_767_225_600, True, "2026-03-14x"]
)
def test_what_is_no_iso_date_is_an_error(value: object) -> None:
    with pytest.raises(CellError, match="not an ISO date; write YYYY-MM-DD"):
        parse(Column("date", "date"), value)


def test_a_date_may_lie_one_day_ahead_but_not_two() -> None:
    assert parse(Column("date", "date"), "2026-10-02") == date(2026, 10, 2)
    with pytest.raises(CellError, match=r"lies in the future \(today is 2026-10-01\)"):
        parse(Column("date", "date"), "2026-10-03")
    with pytest.raises(CellError, match="lies in the future"):
        parse(Column("at", "timestamp"), "2026-10-03T00:00:00Z")


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-03-14T10:00:00Z", 10), ("2026-03-14T10:00:00", 10), ("2026-03-14T10:00:00+02:00", 8)]
)
def test_a_timestamp_is_utc_unless_it_says_otherwise(text: str, hour: int) -> None:
    assert parse(Column("at", "timestamp"), text) == datetime(2026, 3, 14, hour, tzinfo=UTC)


@pytest.mark.parametrize("text", ["10:00", "0001-01-01T00:00:00+05:00", "2026-03-14T25:00:00Z"])
def test_a_timestamp_outside_the_calendar_is_an_error(text: str) -> None:
    with pytest.raises(CellError, match="not an ISO time"):
        parse(Column("at", "timestamp"), text)


@pytest.mark.parametrize(("value", "number"), [("12.5", 12.5), (3, 3.0), (Decimal("0.25"), 0.25), (math.nan, None)])
def test_a_number_is_read_from_text_and_numbers(value: object, number: float | None) -> None:
    assert parse(Column("seconds", "number"), value) == number


@pytest.mark.parametrize("value", ["12,5", "1_000", "inf", "nan", "long", True])
def test_what_is_no_finite_number_is_an_error(value: object) -> None:
    with pytest.raises(CellError, match="not a number"):
        parse(Column("seconds", "number"), value)


@pytest.mark.parametrize("text", ["face_to_face", "Face to face", "FACE-TO-FACE", " face  to face "])
def test_a_vocabulary_disregards_case_spaces_and_hyphens(text: str) -> None:
    assert parse(Column("channel", choices=CHANNELS), text) == "face_to_face"


def test_an_unknown_value_names_the_nearest_choice() -> None:
    with pytest.raises(CellError, match=r"unknown value \(did you mean 'email'\?\); one of face_to_face, phone"):
        parse(Column("channel", choices=CHANNELS), "e-mial")
    with pytest.raises(CellError, match="unknown value; one of sent"):
        parse(Column("action", choices=ACTIONS), "xyzzy")


def test_values_are_renamed_before_the_vocabulary_is_checked() -> None:
    assert parse(Column("channel", choices=CHANNELS), "F2F", {"F2F": "face_to_face"}) == "face_to_face"


@pytest.mark.parametrize(
    ("value", "text"),
    [(17, "17"), (17.0, "17"), (0.5, "0.5"), (True, "true"), (b"H1", "H1"), (" H1\t", "H1"), (1e300, "1e+300")],
)
def test_a_scalar_is_taken_as_its_text(value: object, text: str) -> None:
    assert parse(Column("hcp_id", required=True), value) == text


@pytest.mark.parametrize("value", [None, "", "  ", math.nan])
def test_an_empty_cell_is_null_or_an_error_where_it_is_required(value: object) -> None:
    assert parse(Column("brand"), value) is None
    with pytest.raises(CellError, match="empty, but required"):
        parse(Column("hcp_id", required=True), value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": 1}, "an object where a single value is due"),
        (["a"], "a list where a single value is due"),
        (b"\xff", "not valid UTF-8"),
        ("H\x001", "contains a NUL byte"),
        ("H\ud83d", "half a surrogate pair"),
    ],
)
def test_an_id_is_one_readable_value(value: object, reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        parse(Column("hcp_id", required=True), value)


def test_a_nul_byte_in_a_date_is_an_error() -> None:
    with pytest.raises(CellError, match="NUL"):
        parse(Column("date", "date"), "2026-03-14\0")


def test_verbatim_text_keeps_every_code_point() -> None:
    text = " \tcost\r\nÄrger \0 e\u0301 👩‍⚕️ \u2028 end "
    assert parse(Column("text", required=True, verbatim=True), text) == text


def test_half_a_surrogate_pair_in_verbatim_text_becomes_one_replacement_character() -> None:
    assert parse(Column("text", required=True, verbatim=True), "cut \ud83d here") == "cut \ufffd here"


def test_empty_text_is_kept_where_it_may_be_empty() -> None:
    column = Column("text", required=True, verbatim=True, may_be_empty=True)
    assert [parse(column, value) for value in (None, "", " ")] == ["", "", " "]
    with pytest.raises(CellError, match="empty, but required"):
        parse(Column("answer", required=True, verbatim=True), " ")


def test_a_column_is_parsed_cell_by_cell_around_its_bad_ones() -> None:
    parser = ColumnParser(Column("channel", choices=CHANNELS), {}, TODAY, repeats=True)
    assert parser.parse(["Phone", None, "phone"]) == (["phone", None, "phone"], {})
    values, reasons = parser.parse(["Phone", ["phone"], "fon", "video"])
    assert values == ["phone", None, None, "video"]
    assert list(reasons) == [1, 2]


def test_equal_values_of_different_types_are_not_mixed_up() -> None:
    parser = ColumnParser(Column("answer"), {}, TODAY, repeats=True)
    assert parser.parse([1, True, 1.0, 0, False])[0] == ["1", "true", "1", "0", "false"]
