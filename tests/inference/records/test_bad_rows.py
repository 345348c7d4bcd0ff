from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hcplens.errors import InputError

Read = Callable[..., Any]
Note = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
HEADER = "note_id,hcp_id,date,text\n"


def csv_file(folder: Path, text: str, name: str = "notes.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def where(reading: Any) -> list[tuple[int, str | None, str]]:
    return [(reject.row, reject.field, reject.reason) for reject in reading.rejects]


def test_a_broken_json_line_in_the_middle_is_rejected_and_the_rest_is_read(
    tmp_path: Path, read: Read, note: Note
) -> None:
    path = tmp_path / "notes.jsonl"
    broken = '{"note_id": "N2", "hcp_id'
    path.write_text(f"{json.dumps(note())}\n\n{broken}\n{json.dumps(note(note_id='N3'))}\n")
    reading = read(path)
    assert reading.ids == ["N1", "N3"]
    (reject,) = reading.rejects
    assert (reject.table, reject.file, reject.row, reject.field) == ("notes", str(path), 3, None)
    assert reject.reason == "not valid JSON: Unterminated string starting at at column 19"
    assert json.loads(reject.record).rstrip("\n") == broken
    assert reading.rows_read == {"notes": 3}


@pytest.mark.parametrize("text", ["[1, 2]", '"a"', "7", "null", '{"a": 1} {"b": 2}', "[" * 100_000, "1" * 5000])
def test_a_line_that_is_no_object_is_rejected(tmp_path: Path, read: Read, note: Note, text: str) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(f"{json.dumps(note())}\n{text}\n")
    reading = read(path)
    assert reading.ids == ["N1"]
    assert [reject.row for reject in reading.rejects] == [2]


def test_control_characters_inside_a_json_string_are_kept(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_bytes(b'{"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "text": "a\tb\0c\\u0000d"}\n')
    assert read(path).texts == ["a\tb\0c\0d"]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"date": "soon"}, "date", "not an ISO date; write YYYY-MM-DD"),
        ({"date": "2027-01-01"}, "date", "lies in the future (today is 2026-10-01)"),
        ({"date": "2026-03-14\0"}, "date", "contains a NUL byte"),
        ({"date": None}, "date", "empty, but required"),
        ({"hcp_id": "  "}, "hcp_id", "empty, but required"),
        ({"hcp_id": "H\0"}, "hcp_id", "contains a NUL byte"),
        ({"hcp_id": {"id": 1}}, "hcp_id", "an object where a single value is due"),
        ({"text": ["a"]}, "text", "a list where a single value is due"),
        ({"hcp_id": "", "date": "soon"}, "hcp_id", "empty, but required"),
    ],
)
def test_a_row_with_a_bad_cell_is_rejected_with_its_first_problem(
    tmp_path: Path, read: Read, note: Note, write_jsonl: Write, change: dict[str, Any], field: str, reason: str
) -> None:
    path = write_jsonl(tmp_path / "notes.jsonl", [note(), note(note_id="N2", **change), note(note_id="N3")])
    reading = read(path)
    assert reading.ids == ["N1", "N3"]
    assert where(reading) == [(2, field, reason)]
    assert json.loads(reading.rejects[0].record) == note(note_id="N2", **change)


def test_an_unknown_channel_or_action_is_rejected_with_the_nearest(tmp_path: Path, read: Read) -> None:
    path = csv_file(
        tmp_path,
        "event_id,hcp_id,timestamp,channel,action\n"
        "E1,H1,2026-03-14T10:00:00Z,E-Mail,sent\n"
        "E2,H1,2026-03-14T10:00:00Z,email,Opend\n"
        "E3,H1,2026-03-14T10:00:00Z,Email,OPENED\n",
        "events.csv",
    )
    reading = read(path, "content_events")
    assert reading.ids == ["E3"]
    assert [(r.row, r.field, r.value, r.reason.split(";")[0]) for r in reading.rejects] == [
        (2, "channel", "E-Mail", "unknown value (did you mean 'email'?)"),
        (3, "action", "Opend", "unknown value (did you mean 'opened'?)"),
    ]


def test_a_row_with_more_or_fewer_cells_than_the_header_is_rejected(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, HEADER + "N1,H1,2026-03-14\nN2,H1,2026-03-14,a,b\nN3,H1,2026-03-14,fine\n\n")
    reading = read(path)
    assert reading.ids == ["N3"]
    assert where(reading) == [
        (2, None, "3 cells where the header has 4 columns"),
        (3, None, "5 cells where the header has 4 columns"),
    ]
    assert json.loads(reading.rejects[1].record) == ["N2", "H1", "2026-03-14", "a", "b"]


def test_quoted_line_breaks_belong_to_the_text_and_count_as_lines(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, HEADER + 'N1,H1,2026-03-14,"one\r\ntwo\nthree ""x"""\r\nN2,H1,never,a\r\n')
    reading = read(path)
    assert reading.texts == ['one\r\ntwo\nthree "x"']
    assert [reject.row for reject in reading.rejects] == [5]


@pytest.mark.parametrize("stray", ['N2,H1,2026-03-14,"no end', 'N2,H1,2026-03-14,"said" so'])
def test_a_quote_that_does_not_close_swallows_no_other_row(tmp_path: Path, read: Read, stray: str) -> None:
    rows = [f'N{i},H1,2026-03-14,"text {i}"\n' for i in range(3, 9)]
    path = csv_file(tmp_path, HEADER + "N1,H1,2026-03-14,a\n" + stray + "\n" + "".join(rows))
    reading = read(path)
    assert reading.ids == ["N1", "N3", "N4", "N5", "N6", "N7", "N8"]
    (reject,) = reading.rejects
    assert reject.row == 3
    assert reject.reason.startswith("not valid CSV")
    assert json.loads(reject.record).rstrip("\n") == stray


def test_a_quote_that_is_open_at_the_end_of_the_file_swallows_no_other_row(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, HEADER + 'N1,H1,2026-03-14,"open\nN2,H1,2026-03-14,b\nN3,H1,2026-03-14,c\n')
    reading = read(path)
    assert reading.ids == ["N2", "N3"]
    assert [reject.row for reject in reading.rejects] == [2]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_of_a_csv_file_is_told_from_its_header(tmp_path: Path, read: Read, delimiter: str) -> None:
    rows = [HEADER.strip().split(","), ["N1", "H1", "2026-03-14", "a, b"]]
    path = csv_file(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert read(path).texts == ["a, b"]


def test_parquet_rows_count_from_one(tmp_path: Path, read: Read, note: Note) -> None:
    path = tmp_path / "notes.parquet"
    pq.write_table(pa.Table.from_pylist([note(), note(note_id="N2", date="soon")]), path)
    reading = read(path, batch_rows=1)
    assert reading.ids == ["N1"]
    assert where(reading) == [(2, "date", "not an ISO date; write YYYY-MM-DD")]


def test_parquet_cells_that_have_no_value_are_rejected(tmp_path: Path, read: Read) -> None:
    binary = pa.array([b"fine", b"caf\xe9"], pa.binary())
    text = pa.StringArray.from_buffers(2, binary.buffers()[1], binary.buffers()[2])
    dates = pa.array([1_773_446_400_000_000, 1_773_446_400_000_000], pa.timestamp("us"))
    path = tmp_path / "notes.parquet"
    pq.write_table(pa.table({"note_id": [1, 2], "hcp_id": ["H1", "H1"], "date": dates, "text": text}), path)
    reading = read(path)
    assert reading.ids == ["1"]
    assert where(reading) == [(2, "text", "not valid UTF-8")]
    assert r"caf\\xe9" in next(iter(reading.rejects)).record


def test_a_date_outside_the_calendar_is_rejected_not_raised(tmp_path: Path, read: Read, note: Note) -> None:
    rows = pa.Table.from_pylist([note(), note(note_id="N2")])
    dates = pa.array([1_773_446_400, 10**12], pa.timestamp("s"))
    path = tmp_path / "notes.parquet"
    pq.write_table(rows.set_column(2, "date", dates.cast(pa.timestamp("ms"))), path)
    reading = read(path)
    assert reading.ids == ["N1"]
    assert [(reject.row, reject.field) for reject in reading.rejects] == [(2, "date")]


def test_nanosecond_and_dictionary_columns_of_parquet_are_read(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "events.parquet"
    columns = {
        "event_id": [1.0, 2.0],
        "hcp_id": pa.array(["H1", "H1"]).dictionary_encode(),
        "timestamp": pa.array([1_773_446_400_000_000_001, 1_773_446_401_000_000_000], pa.timestamp("ns", "UTC")),
        "channel": ["email", "email"],
        "action": ["sent", "opened"],
        "seconds": pa.array([None, 2.5]),
    }
    pq.write_table(pa.table(columns), path)
    reading = read(path, "content_events")
    assert reading.ids == ["1", "2"]
    assert [row["seconds"] for row in reading.rows] == [None, 2.5]
    assert reading.rows[0]["timestamp"].isoformat() == "2026-03-14T00:00:00+00:00"


def test_empty_text_is_kept_and_counted(tmp_path: Path, read: Read, note: Note, write_jsonl: Write) -> None:
    rows = [note(), note(note_id="N2", text=""), note(note_id="N3", text=None), note(note_id="N4", text=" \n")]
    reading = read(write_jsonl(tmp_path / "notes.jsonl", rows))
    assert reading.texts == ["likes the data", "", "", " \n"]
    assert reading.notices == ("notes: 3 rows without text",)
    assert reading.rejects == []


def test_an_empty_answer_of_a_survey_is_rejected(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, "response_id,hcp_id,date,question,answer\nS1,H1,2026-03-14,Why?,\n", "surveys.csv")
    assert where(read(path, "surveys")) == [(2, "answer", "empty, but required")]


def test_half_a_surrogate_pair_keeps_the_note_and_is_counted(
    tmp_path: Path, read: Read, note: Note, write_jsonl: Write
) -> None:
    reading = read(write_jsonl(tmp_path / "notes.jsonl", [note(text="rash after dose 2 \ud83d"), note(note_id="N2")]))
    assert reading.texts[0] == "rash after dose 2 \ufffd"
    assert reading.notices == ("notes: 1 text with half a surrogate pair, replaced by U+FFFD",)


@pytest.mark.parametrize("name", ["notes.csv", "notes.jsonl"])
def test_a_text_of_200_000_characters_is_kept(tmp_path: Path, read: Read, note: Note, name: str) -> None:
    text = "ab,\n" * 50_000 + "é"
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_bytes((HEADER + f'N1,H1,2026-03-14,"{text}"\n').encode())
    else:
        path.write_text(json.dumps(note(text=text)))
    assert read(path).texts == [text]


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
def test_the_size_of_a_batch_changes_nothing(tmp_path: Path, read: Read, note: Note, batch_rows: int) -> None:
    lines = [json.dumps(note(date=None, note_id="N0")), json.dumps(note()), "{", json.dumps(note(note_id="N2"))]
    path = tmp_path / "notes.jsonl"
    path.write_text("\n".join([*lines, lines[1], json.dumps(note(text="other"))]))
    reading = read(path, batch_rows=batch_rows)
    assert reading.ids == ["N1", "N2"]
    assert [reject.row for reject in reading.rejects] == [1, 3, 6]
    assert reading.notices == ("notes: 1 identical repeated row collapsed",)


def test_identical_rows_collapse_whatever_the_columns_that_are_ignored_say(
    tmp_path: Path, read: Read, note: Note, write_jsonl: Write
) -> None:
    rows = [note(exported="1"), note(exported="2"), note()]
    reading = read(write_jsonl(tmp_path / "notes.jsonl", rows))
    assert reading.ids == ["N1"]
    assert reading.notices == (
        "notes: ignored columns that the table does not have: exported",
        "notes: 2 identical repeated rows collapsed",
    )


def test_an_id_with_different_content_is_rejected_and_says_where_it_was_first(
    tmp_path: Path, read: Read, note: Note, write_jsonl: Write
) -> None:
    first = write_jsonl(tmp_path / "a.jsonl", [note(note_id="N0"), note()])
    write_jsonl(tmp_path / "b.jsonl", [note(text="something else"), note(note_id="N2")])
    reading = read(tmp_path)
    assert reading.ids == ["N0", "N1", "N2"]
    assert reading.texts[1] == "likes the data"
    (reject,) = reading.rejects
    assert (reject.row, reject.field, reject.value) == (1, "note_id", "N1")
    assert reject.reason == f"id used twice with different content; first seen in {first} row 2"


HCPS = "hcp_id,name,specialty,country,language,segment\n"
LISTED = "H1,Dr. Ann Boro,cardiology,US,en,grower\n"


@pytest.mark.parametrize(
    "rows", [(LISTED, "H1,Ann Boro,cardiology,DE,de,\n"), ("H1,Ann Boro,cardiology,DE,de,\n", LISTED)]
)
def test_what_rows_of_one_physician_disagree_on_is_unknown_whichever_comes_first(
    tmp_path: Path, read: Read, rows: tuple[str, str]
) -> None:
    reading = read(csv_file(tmp_path, HCPS + rows[0] + "H2,,,US,en,\n" + rows[1], "hcps.csv"), "hcps", batch_rows=1)
    [listed, other] = reading.rows
    assert [listed[name] for name in ("specialty", "country", "language", "segment")] == [
        "cardiology",
        None,
        None,
        None,
    ]
    assert listed["name"] == rows[0].split(",")[1]
    assert (other["country"], other["language"]) == ("US", "en")
    assert [reject.row for reject in reading.rejects] == [4]
    assert reading.notices == (
        "hcps: 1 id with rows that disagree; what they disagree on counts as unknown (H1: country, language, segment)",
    )


def test_a_name_in_two_spellings_makes_nothing_unknown(tmp_path: Path, read: Read) -> None:
    renamed = LISTED.replace("Dr. Ann", "Ann")
    reading = read(csv_file(tmp_path, HCPS + LISTED + renamed + LISTED, "hcps.csv"), "hcps")
    assert [(row["name"], row["country"]) for row in reading.rows] == [("Dr. Ann Boro", "US")]
    assert reading.notices == ("hcps: 1 identical repeated row collapsed",)


def test_a_rejected_row_does_not_take_its_id(tmp_path: Path, read: Read, note: Note, write_jsonl: Write) -> None:
    reading = read(write_jsonl(tmp_path / "notes.jsonl", [note(date="soon"), note()]))
    assert reading.ids == ["N1"]
    assert len(reading.rejects) == 1


def test_consents_of_one_channel_over_time_are_no_duplicates(tmp_path: Path, read: Read) -> None:
    rows = ["H1,email,opt_in,2026-01-01", "H1,email,opt_out,2026-02-01", "H1,email,opt_in,2026-01-01T00:00:00Z"]
    path = csv_file(tmp_path, "hcp_id,channel,status,captured_at\n" + "\n".join(rows), "consents.csv")
    reading = read(path, "consents")
    assert [row["status"] for row in reading.rows] == ["opt_in", "opt_out"]
    assert reading.notices == ("consents: 1 identical repeated row collapsed",)


def test_a_missing_required_column_names_the_file_and_the_nearest(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, "Note_ID,hcp_id,date,text\nN1,H1,2026-03-14,a\n")
    with pytest.raises(InputError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: no column 'note_id', which notes need (did you mean 'Note_ID'?)")
    assert "columns found: Note_ID, hcp_id, date, text" in message


@pytest.mark.parametrize(
    "line", ["N7,H1,2026-03-02,Pt Mary Smith", "N7,H1,4471902,Pt Mary Smith", "Pt Mary Smith. Died,b"]
)
def test_a_first_line_of_data_is_said_to_be_one_and_not_quoted(tmp_path: Path, read: Read, line: str) -> None:
    with pytest.raises(
        InputError, match="no column 'note_id', which notes need: its first line looks like data"
    ) as caught:
        read(csv_file(tmp_path, line + "\n"))
    assert "Mary" not in str(caught.value)


def test_a_column_that_no_json_row_has_is_missing(tmp_path: Path, read: Read, note: Note, write_jsonl: Write) -> None:
    path = write_jsonl(tmp_path / "notes.jsonl", [note(text=None), note(note_id="N2", text=None)])
    with pytest.raises(InputError, match="no column 'text'"):
        read(path)
    path = write_jsonl(tmp_path / "many.jsonl", [note(note_id=str(i), hcp_id=None) for i in range(5000)])
    with pytest.raises(InputError, match="no column 'hcp_id'"):
        read(path)


def test_a_missing_column_of_parquet_is_found_before_any_row(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.parquet"
    pq.write_table(pa.table({"note_id": ["N1"], "text": ["a"]}), path)
    with pytest.raises(InputError, match="no column 'hcp_id'"):
        read(path)


def test_extra_columns_are_ignored_with_one_notice(tmp_path: Path, read: Read, note: Note, write_jsonl: Write) -> None:
    rows = [note(insights=[{"topic": "cost"}], flags=[]), note(note_id="N2", phi=["x"])]
    reading = read(write_jsonl(tmp_path / "notes.jsonl", rows))
    assert reading.ids == ["N1", "N2"]
    assert reading.notices == ("notes: ignored columns that the table does not have: insights, flags, phi",)


def test_a_header_that_names_a_column_twice_is_refused(tmp_path: Path, read: Read) -> None:
    path = csv_file(tmp_path, "note_id,hcp_id,date,text,text\nN1,H1,2026-03-14,a,b\n")
    with pytest.raises(InputError, match="names column 'text' twice"):
        read(path)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_csv_file_without_a_header_is_refused(tmp_path: Path, read: Read, content: str) -> None:
    with pytest.raises(InputError, match=r"notes\.csv: is empty, without even a header"):
        read(csv_file(tmp_path, content))


def test_a_header_that_cannot_be_read_is_refused(tmp_path: Path, read: Read) -> None:
    with pytest.raises(InputError, match="the header cannot be read"):
        read(csv_file(tmp_path, "note_id,hcp_id,date,text\rN1,H1,2026-03-14,a\rN2,H2"))


def test_a_file_without_rows_is_an_empty_table_and_a_notice(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "notes.jsonl"
    path.touch()
    assert read(path).notices == (f"{path}: no rows",)
    path = csv_file(tmp_path, HEADER)
    reading = read(path)
    assert (reading.rows, reading.notices) == ([], (f"{path}: no rows",))
