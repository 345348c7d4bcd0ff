"""Veeva CRM in and out through the command line: an export, a run, suggestions to load, feedback back."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from hcplens import Run
from hcplens.inference.demo import sample_folder
from hcplens.inference.records.salesforce_ids import whole_id

PAYER = "Payer denied the prior authorization for Zelvanta again, she waits six weeks for every approval."
HARM = "One patient was hospitalised with anaphylaxis after the second dose of Zelvanta."
EXTERNAL_ID = "Suggestion_External_Id_vod__c"

Hcplens = Callable[..., Any]


def record_id(prefix: str, number: str) -> str:
    return whole_id(f"{prefix}{number:0>12}")


A, B, C, HOSPITAL = (record_id("001", name) for name in ("A", "b", "C", "Hosp"))


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def call(number: str, account: str, day: str, text: str, **fields: str) -> dict[str, str]:
    return {
        "Id": record_id("a04", number),
        "Account_vod__c": account,
        "Call_Date_vod__c": day,
        "Call_Channel_vod__c": "Face_to_face_vod",
        "Call_Type_vod__c": "Detail Only",
        "Status_vod__c": "Submitted_vod",
        "Pre_Call_Notes_vod__c": "Will ask about cost.",
        "Next_Call_Notes_vod__c": "",
        "Call_Comments_vod__c": text,
        "Detailed_Products_vod__c": "Zelvanta",
        "Parent_Call_vod__c": "",
        "User_vod__c": record_id("005", "R"),
        "IsDeleted": "false",
    } | fields


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A meets a payer, B reports harm, C attends a group call in a hospital with A."""
    folder = tmp_path_factory.mktemp("veeva") / "export"
    folder.mkdir()
    head = record_id("a04", "4")
    calls = [
        call("1", A, "2026-03-02", PAYER),
        call("2", A[:15], "2026-04-02", "", Next_Call_Notes_vod__c=PAYER),
        call("3", B, "2026-04-03", HARM),
        call("4", HOSPITAL, "2026-04-04", PAYER),
        call("5", A, "2026-04-04", "", Parent_Call_vod__c=head),
        call("6", C, "2026-04-04", PAYER, Parent_Call_vod__c=head),
        call("7", C, "2027-04-04", "", Status_vod__c="Planned_vod"),
        call("8", C, "2026-04-05", "Hates it.", IsDeleted="true"),
    ]
    write(folder / "Call2_vod__c.csv", calls)
    message = {"Id": record_id("a3K", "1"), "Call2_vod__c": record_id("a04", "1"), "Key_Message_vod__c": "ZEL-M01"}
    write(folder / "Call2_Key_Message_vod__c.csv", [message | {"Reaction_vod__c": "Neutral"}])
    email = {"Id": record_id("a1E", "1"), "Account_vod__c": A, "Status_vod__c": "Delivered_vod"}
    times = {"Email_Sent_Date_vod__c": "2026-03-05T08:00:00.000Z", "Last_Open_Date_vod__c": "2026-03-05T18:00:00.000Z"}
    write(folder / "Sent_Email_vod__c.csv", [email | times | {"Opened_vod__c": "1"}])
    consents = [
        {
            "Id": record_id("a5C", number),
            "Account_vod__c": account,
            "Opt_Type_vod__c": "Opt_In_vod",
            "Capture_Datetime_vod__c": "2026-01-01T00:00:00.000Z",
            "Channel_Value_vod__c": "doctor@clinic.example",
        }
        for number, account in enumerate_ids(A, B, C)
    ]
    write(folder / "Multichannel_Consent_vod__c.csv", consents)
    shared = {"specialty": "cardiology", "country": "US", "language": "en"}
    write(folder.parent / "hcps.csv", [{"hcp_id": account} | shared for account in (A[:15], B, C)])
    return folder


def enumerate_ids(*accounts: str) -> list[tuple[str, str]]:
    return [(str(number), account) for number, account in enumerate(accounts, start=1)]


@pytest.fixture(scope="module")
def run(hcplens: Hcplens, export: Path) -> Path:
    target = export.parent / "run"
    with sample_folder() as sample:
        modules = ("--modules", sample / "modules.jsonl")
        others = ("--hcps", export.parent / "hcps.csv", *modules, "--as-of", "2026-04-10")
        done = hcplens("run", "--source", "veeva", "--notes", export, *others, "-o", target)
    assert done.code == 0, done.err
    assert "notes: 1 calls that are planned, not used" in done.err
    return target


def test_one_folder_is_read_into_notes_events_and_consents(run: Path) -> None:
    opened = Run.open(run)
    notes = opened.table("raw_notes").to_pylist()
    assert [(note["hcp_id"], note["text"]) for note in notes] == [
        (A, PAYER),
        (A, PAYER),
        (B, HARM),
        (A, PAYER),
        (C, PAYER),
    ]
    assert [note["reaction"] for note in notes] == ["neutral", None, None, None, None]
    assert [event["action"] for event in opened.table("content_events").to_pylist()] == [
        *("viewed", "sent", "delivered", "opened")
    ]
    assert opened.table("consents").num_rows == 3
    assert opened.table("rejects").num_rows == 0
    assert opened.manifest.configuration["column_map"] == "veeva"
    assert len(opened.manifest.inputs) == 6


@pytest.fixture(scope="module")
def suggested(hcplens: Hcplens, run: Path) -> Path:
    target = run.parent / "suggested"
    done = hcplens("match", run, "--format", "veeva", "-o", target)
    assert done.code == 0, done.err
    return target


def test_suggestions_are_loaded_by_the_same_ids_again(hcplens: Hcplens, run: Path, suggested: Path) -> None:
    records = read(suggested / "Suggestion_vod__c.csv")
    ids = [record[EXTERNAL_ID] for record in records]
    assert len(ids) == len(set(ids)) > 0
    assert {record["Account_vod__c"] for record in records} == {A, C}
    assert {record["Posted_Date_vod__c"] for record in records} == {"2026-04-10"}
    tags = read(suggested / "Suggestion_Tag_vod__c.csv")
    assert {tag["Suggestion_vod__r.Suggestion_External_Id_vod__c"] for tag in tags} <= set(ids)
    assert "barrier: coverage" in {tag["Driver_vod__c"] for tag in tags}
    points = read(suggested / "Stakeholder_Preference_vod__c.csv")
    assert {row["Account_vod__c"] for row in points} <= {A, C}
    assert {int(row["Preference_vod__c"]) for row in points} <= {1, 2, 3, 4, 5}
    assert hcplens("match", run, "--format", "veeva", "-o", suggested).code == 0
    assert read(suggested / "Suggestion_vod__c.csv") == records


def test_feedback_comes_back_to_what_was_suggested(hcplens: Hcplens, suggested: Path, tmp_path: Path) -> None:
    first, *others = read(suggested / "Suggestion_vod__c.csv")
    loaded = [
        {"Id": record_id("a7S", str(number)), EXTERNAL_ID: record[EXTERNAL_ID]}
        for number, record in enumerate((first, *others))
    ]
    write(tmp_path / "Suggestion_vod__c.csv", loaded)
    rows = [
        {
            "Id": record_id("a6F", str(day)),
            "Suggestion_vod__c": loaded[0]["Id"],
            "RecordType.DeveloperName": kind,
            "CreatedDate": f"2026-04-1{day}T09:00:00.000Z",
        }
        for day, kind in enumerate(("Activity_Execution_vod", "Mark_As_Complete_vod"))
    ]
    write(tmp_path / "Suggestion_Feedback_vod__c.csv", rows)
    target = tmp_path / "outcomes" / "feedback.csv"
    done = hcplens("feedback", tmp_path, "--suggestions", suggested, "-o", target)
    assert done.code == 0, done.err
    outcomes = read(target)
    assert [(row["suggestion_id"], row["outcome"]) for row in outcomes] == [
        (first[EXTERNAL_ID], "executed"),
        (first[EXTERNAL_ID], "completed"),
    ]
    logged = {row["suggestion_id"]: row for row in read(suggested / "suggestions.csv")}[first[EXTERNAL_ID]]
    names = ("hcp_id", "brand", "as_of", "module_id", "channel", "decision_id")
    assert {name: outcomes[0][name] for name in names} == {name: logged[name] for name in names}
    assert logged["hcp_id"] == first["Account_vod__c"]


@pytest.mark.parametrize("log", [b"suggestion_id\n\xff\xfe\n", b"other\n1\n"])
def test_a_log_of_suggestions_that_cannot_be_read_is_named(hcplens: Hcplens, tmp_path: Path, log: bytes) -> None:
    (tmp_path / "suggestions.csv").write_bytes(log)
    done = hcplens("feedback", tmp_path, "--suggestions", tmp_path, "-o", tmp_path.with_suffix(".csv"))
    assert done.code == 2
    assert "no readable suggestions.csv" in done.err


def test_answers_as_parquet_are_those_of_the_json(hcplens: Hcplens, run: Path, tmp_path: Path) -> None:
    target = tmp_path / "answers.parquet"
    assert hcplens("match", run, "--format", "parquet", "-o", target).code == 0
    answers = json.loads(hcplens("match", run, "--format", "json").out)
    expected = [
        (answer["hcp_id"], module["module_id"])
        for answer in answers
        for module in answer["modules"] or [{"module_id": None}]
    ]
    rows = pq.ParquetFile(target).read().to_pylist()
    assert [(row["hcp_id"], row["module_id"]) for row in rows] == expected
    assert (B, None) in expected


@pytest.mark.parametrize("shape", ["veeva", "parquet"])
def test_what_is_only_written_needs_a_target(hcplens: Hcplens, run: Path, shape: str) -> None:
    done = hcplens("match", run, "--format", shape)
    assert (done.code, done.out) == (2, "")
    assert "name it with -o" in done.err


def test_a_folder_of_someone_elses_is_left_alone(hcplens: Hcplens, run: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs.csv").write_text("x")
    done = hcplens("match", run, "--format", "veeva", "-o", tmp_path)
    assert done.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["theirs.csv"]


def test_notes_of_an_export_are_annotated(hcplens: Hcplens, export: Path, tmp_path: Path) -> None:
    target = tmp_path / "annotations.jsonl"
    done = hcplens("annotate", export, "--source", "veeva", "-o", target)
    assert done.code == 0, done.err
    assert len(target.read_text(encoding="utf-8").splitlines()) == 5


def test_harm_in_a_call_that_is_rejected_is_still_flagged(hcplens: Hcplens, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    calls = [call("1", A, "2026-03-02", "Fine."), call("2", B[:15], "2026-03-03", HARM, Call_Channel_vod__c="Fax_vod")]
    write(export / "Call2_vod__c.csv", calls)
    target = tmp_path / "run"
    arguments = ("run", "--source", "veeva", "--notes", export, "-o", target)
    refused = hcplens(*arguments)
    assert refused.code == 2
    assert "Call2_vod__c.csv row 3, Call_Channel_vod__c 'Fax_vod': unknown value" in " ".join(refused.err.split())
    assert hcplens(*arguments, "--max-rejects", "0.5").code == 0
    [flag] = Run.open(target).table("flags").to_pylist()
    assert (flag["kind"], flag["hcp_id"], flag["note_id"]) == ("adverse_event", B, record_id("a04", "2"))
