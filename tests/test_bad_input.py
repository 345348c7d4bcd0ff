"""Whatever a user hands in, through the command line: what is wrong, where, what to do, and nothing lost."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hcplens import Run
from hcplens.cli import main

COVERAGE = "Prior auth keeps getting denied, so she holds back new starts. Prefers e-mail over visits."
EFFICACY = "He likes the response rates and started two patients on it."
HARM = "One patient was hospitalised with anaphylaxis after the second dose."
NOTE = {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "brand": "Dermiqo", "text": COVERAGE}


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Hcplens = Callable[..., Outcome]


@pytest.fixture
def hcplens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> Hcplens:
    """The command line in this process; vectors are kept for the whole session."""
    monkeypatch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), said.out, said.err)

    return call


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def note(note_id: str, **changes: Any) -> dict[str, Any]:
    return {**NOTE, "note_id": note_id, **changes}


def write_notes(*notes: dict[str, Any] | str, name: str = "notes.jsonl") -> Path:
    lines = (line if isinstance(line, str) else json.dumps(line) for line in notes)
    Path(name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return Path(name)


def texts(run: str = "out") -> dict[str, str]:
    notes = Run.open(run).table("raw_notes").to_pylist()
    return {row["note_id"]: row["text"] for row in notes}


def rejects(run: str = "out") -> list[dict[str, Any]]:
    return list(Run.open(run).table("rejects").to_pylist())


def flags(run: str = "out") -> list[dict[str, Any]]:
    return list(Run.open(run).table("flags").to_pylist())


# Files that are not what they should be


def test_a_missing_file_is_named(hcplens: Hcplens) -> None:
    outcome = hcplens("run", "--notes", "nowhere.csv", "-o", "out")
    assert outcome == Outcome(2, "", "hcplens: nowhere.csv: no such file or folder\n")


def test_a_folder_without_tables_says_what_it_holds_instead(hcplens: Hcplens) -> None:
    Path("inbox").mkdir()
    Path("inbox/readme.txt").write_text("nothing here")
    outcome = hcplens("annotate", "inbox", "-o", "out.jsonl")
    assert outcome.code == 2
    assert "inbox: a folder without tables; it holds readme.txt" in outcome.err
    assert not Path("out.jsonl").exists()


def test_an_unknown_column_is_ignored_with_one_notice(hcplens: Hcplens) -> None:
    write_notes(note("N1", mood="sunny"), note("N2", mood="grey"))
    outcome = hcplens("run", "--notes", "notes.jsonl", "-o", "out")
    assert outcome.code == 0
    assert outcome.err.count("mood") == 1
    assert "notes: ignored columns that the table does not have: mood" in outcome.err
    assert len(texts()) == 2


def test_a_missing_required_column_names_the_one_that_may_be_meant(hcplens: Hcplens) -> None:
    Path("notes.csv").write_text(f'note_id,hcpid,date,text\nN1,H1,2026-03-14,"{COVERAGE}"\n')
    outcome = hcplens("run", "--notes", "notes.csv", "-o", "out")
    assert outcome.code == 2
    assert "notes.csv: no column 'hcp_id', which notes need (did you mean 'hcpid'?)" in outcome.err
    assert not Path("out").exists()


def test_a_row_shorter_than_the_header_is_rejected_and_kept_whole(hcplens: Hcplens) -> None:
    Path("notes.csv").write_text(f'note_id,hcp_id,date,text,brand\nN1,H1,2026-03-14,"{COVERAGE}",Dermiqo\nN2,H1\n')
    refused = hcplens("run", "--notes", "notes.csv", "-o", "out")
    assert refused.code == 2
    assert "notes.csv row 3: 2 cells where the header has 5 columns" in refused.err
    accepted = hcplens("run", "--notes", "notes.csv", "-o", "out", "--max-rejects", "0.5")
    assert accepted.code == 0
    assert "1 rejected row" in accepted.err
    assert list(texts()) == ["N1"]
    [reject] = rejects()
    assert (reject["file"], reject["row"]) == ("notes.csv", 3)
    assert json.loads(reject["record"]) == ["N2", "H1"]


def test_byte_order_marks_and_mixed_encodings_are_read(hcplens: Hcplens) -> None:
    header = "note_id,hcp_id,date,text\n"
    rows = ["N1,H1,2026-03-14,Zoë liked it\n".encode(), "N2,H1,2026-03-14,café visit\n".encode("cp1252")]
    Path("mixed").mkdir()
    Path("mixed/a.csv").write_bytes(b"\xef\xbb\xbf" + header.encode() + b"".join(rows))
    Path("mixed/b.csv").write_bytes((header + "N3,H1,2026-03-14,Grüße\n").encode("utf-16"))
    outcome = hcplens("run", "--notes", "mixed", "-o", "out")
    assert outcome.code == 0, outcome.err
    assert texts() == {"N1": "Zoë liked it", "N2": "café visit", "N3": "Grüße"}
    assert "mixed/a.csv: 1 line not in UTF-8, read as Windows-1252 (the first is line 3)" in outcome.err


def test_a_nul_byte_is_kept_in_a_note_and_rejected_in_an_id(hcplens: Hcplens) -> None:
    write_notes(note("N1", text=f"{COVERAGE}\0"), note("N2", hcp_id="H\0"))
    outcome = hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "0.5")
    assert outcome.code == 0, outcome.err
    assert texts() == {"N1": f"{COVERAGE}\0"}
    [reject] = rejects()
    assert (reject["field"], reject["reason"]) == ("hcp_id", "contains a NUL byte")


def test_a_broken_json_line_in_the_middle_costs_only_itself(hcplens: Hcplens) -> None:
    write_notes(note("N1"), '{"note_id": "N2", "hcp_id": "H1", "da', note("N3", text=EFFICACY))
    refused = hcplens("run", "--notes", "notes.jsonl", "-o", "out")
    assert refused.code == 2
    assert "notes.jsonl row 2: not valid JSON" in refused.err
    accepted = hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "0.5")
    assert accepted.code == 0
    assert list(texts()) == ["N1", "N3"]
    assert "N2" in rejects()[0]["record"]


def test_a_truncated_gzip_file_is_refused_whole(hcplens: Hcplens) -> None:
    lines = "".join(json.dumps(note(f"N{i}", text=f"{COVERAGE} {i}")) + "\n" for i in range(500))
    Path("notes.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-40])
    outcome = hcplens("run", "--notes", "notes.jsonl.gz", "-o", "out", "--max-rejects", "1")
    assert outcome.code == 2
    assert "notes.jsonl.gz: damaged or cut off" in outcome.err
    assert "copy the file again" in outcome.err
    assert not Path("out").exists()


def test_a_truncated_parquet_file_is_refused_whole(hcplens: Hcplens) -> None:
    pq.write_table(pa.Table.from_pylist([note(f"N{i}") for i in range(100)]), "whole.parquet")
    Path("notes.parquet").write_bytes(Path("whole.parquet").read_bytes()[:-100])
    outcome = hcplens("annotate", "notes.parquet", "-o", "out.jsonl")
    assert outcome.code == 2
    assert "notes.parquet: damaged or cut off" in outcome.err
    assert not Path("out.jsonl").exists()


# Rows that are not what they should be


def test_an_id_used_twice_is_a_reject_and_an_identical_row_is_not(hcplens: Hcplens) -> None:
    write_notes(note("N1"), note("N1"), note("N1", text=EFFICACY))
    outcome = hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "0.4")
    assert outcome.code == 0, outcome.err
    assert "notes: 1 identical repeated row collapsed" in outcome.err
    assert texts() == {"N1": COVERAGE}
    [reject] = rejects()
    assert reject["reason"] == "id used twice with different content; first seen in notes.jsonl row 1"
    assert json.loads(reject["record"])["text"] == EFFICACY


def test_notes_of_a_physician_who_is_not_listed_are_kept_and_told(hcplens: Hcplens) -> None:
    write_notes(note("N1"), note("N2", hcp_id="H9"))
    Path("hcps.csv").write_text("hcp_id,name\nH1,Dr. Marian Okafor\n")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--hcps", "hcps.csv", "-o", "out")
    assert outcome.code == 0
    assert "notes: 1 physician not in hcps, whose rows are kept (H9)" in outcome.err
    inspected = hcplens("inspect", "out", "--hcp", "H9", "--format", "json")
    assert [item["hcp_id"] for item in json.loads(inspected.out)] == ["H9"]


@pytest.mark.parametrize(
    ("day", "reason"),
    [("14/03/2026", "not an ISO date; write YYYY-MM-DD"), ("2999-01-01", "lies in the future")],
)
def test_a_note_rejected_for_its_date_still_raises_its_flag(hcplens: Hcplens, day: str, reason: str) -> None:
    write_notes(note("N1"), note("N2", hcp_id=" H2 ", date=day, text=HARM))
    refused = hcplens("run", "--notes", "notes.jsonl", "-o", "out")
    assert refused.code == 2
    assert f"notes.jsonl row 2, date '{day}': {reason}" in refused.err
    accepted = hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "0.5")
    assert accepted.code == 0
    [flag] = [flag for flag in flags() if flag["kind"] == "adverse_event"]
    assert (flag["note_id"], flag["hcp_id"], flag["brand"], flag["disposition"]) == ("N2", "H2", "Dermiqo", "open")
    assert flag["evidence"] == HARM[flag["start"] : flag["end"]]


def test_annotate_tells_of_a_flag_in_a_rejected_note(hcplens: Hcplens) -> None:
    write_notes(note("N1"), note("N2", date="yesterday", text=HARM))
    outcome = hcplens("annotate", "notes.jsonl", "-o", "out.jsonl", "--max-rejects", "0.5")
    assert outcome.code == 0
    assert "adverse_event in N2" in outcome.err
    assert "rejected rows lie in out.jsonl.rejects.jsonl" in outcome.err


def test_a_rejected_note_of_a_mapped_source_still_holds_its_physician(hcplens: Hcplens) -> None:
    Path("crm.yaml").write_text("name: crm\ntables: {notes: {columns: {note_id: Id, hcp_id: Who, text: Said}}}\n")
    Path("notes.csv").write_text(
        f'Id,Who,date,Said,brand\nN1,H1,2026-03-14,"{COVERAGE}",Dermiqo\nN2,H1,soon,"{HARM}",Dermiqo\n'
    )
    outcome = hcplens("run", "--notes", "notes.csv", "--source", "crm.yaml", "-o", "out", "--max-rejects", "0.5")
    assert outcome.code == 0, outcome.err
    assert {(flag["note_id"], flag["hcp_id"]) for flag in flags() if flag["kind"] == "adverse_event"} == {("N2", "H1")}


def test_empty_notes_are_counted_and_very_long_ones_read_to_their_end(hcplens: Hcplens) -> None:
    long = (f"{EFFICACY} " * (100_000 // len(EFFICACY))) + HARM
    write_notes(note("N1", text=""), note("N2", text=long))
    outcome = hcplens("annotate", "notes.jsonl", "-o", "out.jsonl")
    assert outcome.code == 0
    assert "notes: 1 row without text" in outcome.err
    empty, whole = map(json.loads, Path("out.jsonl").read_text().splitlines())
    assert empty == {"note_id": "N1", "insights": [], "channel_preferences": [], "flags": [], "redactions": []}
    [harm] = [flag for flag in whole["flags"] if flag["kind"] == "adverse_event"]
    assert harm["start"] >= len(long) - len(HARM)
    assert harm["evidence"] == long[harm["start"] : harm["end"]]


def test_a_note_in_another_language_is_marked_unread_and_counted_and_its_flags_stand(hcplens: Hcplens) -> None:
    german = "Die Ärztin berichtet, dass eine Patientin nach der zweiten Spritze ins Krankenhaus kam: anaphylaxis."
    write_notes(note("N1"), note("N2", text=german))
    annotated = hcplens("annotate", "notes.jsonl", "-o", "out.jsonl")
    assert annotated.code == 0
    assert "1 unread" in annotated.err
    read, unread = map(json.loads, Path("out.jsonl").read_text().splitlines())
    assert "unread" not in read
    assert (unread["unread"], unread["insights"]) == ("language: de", [])
    assert "adverse_event" in {flag["kind"] for flag in unread["flags"]}
    ran = hcplens("run", "--notes", "notes.jsonl", "-o", "out")
    assert "1 unread" in ran.err
    assert Run.open("out").manifest.unread == {"note N2": "language: de"}


@pytest.mark.parametrize(
    ("table", "row", "field", "value", "hint"),
    [
        ("notes", note("N2", channel="pigeon"), "channel", "pigeon", "one of face_to_face, phone"),
        ("notes", note("N2", channel="e-mial"), "channel", "e-mial", "did you mean 'email'?"),
        (
            "events",
            {"event_id": "E1", "hcp_id": "H1", "timestamp": "2026-03-01", "channel": "email", "action": "openned"},
            "action",
            "openned",
            "did you mean 'opened'?",
        ),
    ],
)
def test_an_unknown_channel_or_action_names_the_known_ones(
    hcplens: Hcplens, table: str, row: dict[str, Any], field: str, value: str, hint: str
) -> None:
    files = {"notes": write_notes(note("N1"))}
    if table == "notes":
        write_notes(note("N1"), row)
    else:
        files[table] = write_notes(row, name="events.jsonl")
    named = [part for name, path in files.items() for part in (f"--{name}", path)]
    outcome = hcplens("run", *named, "-o", "out")
    assert outcome.code == 2
    assert f"{files[table]} row {2 if table == 'notes' else 1}, {field} '{value}': unknown value" in outcome.err
    assert hint in outcome.err


def test_events_in_any_order_and_doubled_give_the_tables_of_those_in_order_and_once(hcplens: Hcplens) -> None:
    write_notes(note("N1"), note("N2", date="2026-04-02", text=EFFICACY))
    events = [
        {
            "event_id": f"E{i}",
            "hcp_id": "H1",
            "timestamp": f"2026-03-{i + 1:02}T09:00:00Z",
            "channel": "email",
            "action": action,
            "content_id": f"C{i // 2}",
            "brand": "Dermiqo",
        }
        for i, action in enumerate(["sent", "opened", "sent", "clicked", "sent", "sent"])
    ]
    write_notes(*events, name="once.jsonl")
    write_notes(*reversed(events), *events[::2], name="mixed.jsonl")
    for name in ("once", "mixed"):
        outcome = hcplens("run", "--notes", "notes.jsonl", "--events", f"{name}.jsonl", "-o", name)
        assert outcome.code == 0, outcome.err
    assert "content_events: 3 identical repeated rows collapsed" in outcome.err
    once, mixed = Run.open("once"), Run.open("mixed")
    for table in ("channels", "profiles", "transitions", "conflicts", "stages", "insights"):
        assert mixed.table(table).equals(once.table(table)), table


def test_too_many_rejects_stop_the_run_and_all_of_them_lie_in_a_side_file_for_the_owner(hcplens: Hcplens) -> None:
    bad = [note(f"B{i}", date=f"day {i}") for i in range(5)]
    write_notes(note("N1"), *bad)
    outcome = hcplens("run", "--notes", "notes.jsonl", "-o", "out")
    assert outcome.code == 2
    assert "5 of 6 rows rejected (83.3%; 1.0% are allowed)" in outcome.err
    assert "and 2 more" in outcome.err
    assert "--max-rejects 0.834" in outcome.err
    side = Path("out.rejects.jsonl")
    assert [json.loads(json.loads(line)["record"]) for line in side.read_text().splitlines()] == bad
    assert side.stat().st_mode & 0o077 == 0
    assert not Path("out").exists()
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "0.834").code == 0
    assert not side.exists()


def test_a_module_that_cannot_be_used_is_told_and_kept_with_the_rejects(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    module = {"module_id": "M1", "brand": "Dermiqo", "title": "t", "text": "x", "status": "approved"}
    write_notes(module, {"module_id": "M2"}, name="modules.jsonl")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--modules", "modules.jsonl", "-o", "out")
    assert outcome.code == 0
    assert "module not used: modules.jsonl row 2 (M2), brand is missing" in outcome.err
    assert "1 rejected row" in outcome.err
    [reject] = rejects()
    assert (reject["table"], json.loads(reject["record"])) == ("modules", {"module_id": "M2"})


# Usage


@pytest.mark.parametrize("target", ["out.txt", "out", "out.json"])
def test_an_output_of_unknown_suffix_is_refused(hcplens: Hcplens, target: str) -> None:
    write_notes(note("N1"))
    outcome = hcplens("annotate", "notes.jsonl", "-o", target)
    assert outcome.code == 2
    assert f"cannot tell the format of {target}: name it .jsonl or .parquet" in outcome.err
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["notes.jsonl"]


def test_an_output_that_is_the_input_or_lies_in_it_is_refused(hcplens: Hcplens) -> None:
    before = write_notes(note("N1")).read_bytes()
    over = hcplens("annotate", "notes.jsonl", "-o", "./notes.jsonl")
    into = hcplens("annotate", ".", "-o", "out.jsonl")
    assert (over.code, into.code) == (2, 2)
    assert "over the input notes.jsonl" in over.err
    assert Path("notes.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--notes", "notes.jsonl", "-o", "taken/out"],
        ["annotate", "notes.jsonl", "-o", "taken/out.jsonl"],
        ["annotate", "notes.jsonl", "-o", "taken/deep/out.jsonl"],
    ],
)
def test_a_file_in_the_way_of_the_output_is_named(hcplens: Hcplens, arguments: list[str]) -> None:
    write_notes(note("N1"))
    Path("taken").write_text("a file")
    outcome = hcplens(*arguments)
    assert outcome.code == 2
    assert f"cannot write {arguments[-1]}: {Path('taken').resolve()} is a file" in outcome.err


@pytest.mark.parametrize("command", ["inspect", "match"])
def test_a_folder_is_no_output_for_results(hcplens: Hcplens, command: str) -> None:
    Path("results").mkdir()
    outcome = hcplens(command, "out", "-o", "results")
    assert outcome == Outcome(2, "", "hcplens: results is a folder: name a file to write\n")


def test_a_folder_that_is_no_run_is_not_replaced(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    Path("thesis").mkdir()
    Path("thesis/chapter1.tex").write_text("years of work")
    outcome = hcplens("run", "--notes", "notes.jsonl", "-o", "thesis")
    assert outcome.code == 2
    assert "thesis exists and hcplens did not make it" in outcome.err
    assert [path.name for path in Path("thesis").iterdir()] == ["chapter1.tex"]


def test_a_run_written_through_a_link_leaves_the_link_and_replaces_the_run(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "monday").code == 0
    Path("latest").symlink_to("monday")
    write_notes(note("N2"))
    for _ in range(2):
        assert hcplens("run", "--notes", "notes.jsonl", "-o", "latest").code == 0
    assert Path("latest").is_symlink()
    assert texts("monday") == texts("latest") == {"N2": COVERAGE}


def test_what_is_no_run_cannot_be_inspected(hcplens: Hcplens) -> None:
    outcome = hcplens("inspect", ".")
    assert outcome.code == 2
    assert "is not an hcplens run" in outcome.err


def test_a_run_whose_table_was_changed_is_refused(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out").code == 0
    table = Path("out/profiles.parquet")
    content = bytearray(table.read_bytes())
    content[-1] ^= 1
    table.write_bytes(content)
    outcome = hcplens("inspect", "out")
    assert outcome.code == 2
    assert "profiles.parquet is not the file that was published" in outcome.err


@pytest.mark.parametrize(("option", "what"), [("--hcp", "physician"), ("--brand", "brand"), ("--topic", "topic")])
def test_an_unknown_selection_lists_what_there_is(hcplens: Hcplens, option: str, what: str) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out").code == 0
    outcome = hcplens("inspect", "out", option, "Nobody")
    assert outcome.code == 2
    assert f"out knows no {what} 'Nobody'; it has " in outcome.err


def test_a_taxonomy_that_names_a_topic_twice_is_refused(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    topic = "  - {id: parking, name: Parking, scientific: false, description: Where to park}\n"
    Path("taxonomy.yaml").write_text(f"name: mine\nversion: 1.0.0\ntopics:\n{topic}{topic}")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--taxonomy", "taxonomy.yaml", "-o", "out")
    assert outcome.code == 2
    assert "taxonomy.yaml is not a taxonomy" in outcome.err
    assert "'parking' is named twice" in outcome.err


def test_topics_that_the_model_was_not_trained_for_are_read_instead_of_its_own(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    topic = "  - {id: parking, name: Parking, scientific: false, description: Where to park}\n"
    Path("taxonomy.yaml").write_text(f"name: mine\nversion: 1.0.0\ntopics:\n{topic}")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--taxonomy", "taxonomy.yaml", "-o", "out")
    assert outcome.code == 0, outcome.err
    assert Run.open("out").taxonomy.ids == ("parking",)
    assert set(Run.open("out").table("insights")["topic"].to_pylist()) <= {"parking"}


def test_a_column_map_with_an_unknown_column_names_the_nearest(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    Path("map.yaml").write_text("name: crm\ntables: {notes: {columns: {note_ids: Id}}}\n")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--source", "map.yaml", "-o", "out")
    assert outcome.code == 2
    assert "map.yaml is not a column map" in outcome.err
    assert "did you mean 'note_id'?" in outcome.err


def test_given_statements_must_quote_their_note(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    statement = {"topic": "coverage", "polarity": "barrier", "evidence": "never said"}
    write_notes({"note_id": "N1", "insights": [statement]}, name="given.jsonl")
    outcome = hcplens("run", "--notes", "notes.jsonl", "--statements", "given.jsonl", "-o", "out")
    assert outcome.code == 2
    assert "given.jsonl line 1: coverage: the evidence, 10 characters, is not in the note's text" in outcome.err


def test_a_model_whose_weights_were_changed_is_refused(hcplens: Hcplens) -> None:
    import hcplens.inference.insights as insights

    write_notes(note("N1"))
    shutil.copytree(Path(insights.__file__).parent / "model", "model")
    weights = Path("model/weights.safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    outcome = hcplens("annotate", "notes.jsonl", "--model", "model", "-o", "out.jsonl")
    assert outcome.code == 2
    assert "model/weights.safetensors has SHA-256" in outcome.err
    assert "the file is damaged or was swapped" in outcome.err
    assert not Path("out.jsonl").exists()


def test_a_share_of_rejects_above_one_is_bad_usage(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out", "--max-rejects", "7").code == 2


# A disk that fills up


def _small_files_only() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_full_disk_is_told_and_leaves_the_last_run_whole(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out").code == 0
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    noise = (os.urandom(30_000).hex() for _ in range(20))
    write_notes(note("N1"), *(note(f"N{i}", brand=blob) for i, blob in enumerate(noise, start=2)), name="many.jsonl")
    write_notes({"note_id": "N1", "insights": []}, *({"note_id": f"N{i}"} for i in range(2, 22)), name="given.jsonl")
    command = ["-m", "hcplens", "run", "--notes", "many.jsonl", "--statements", "given.jsonl", "-o", "out"]
    done = subprocess.run(
        [sys.executable, *command], preexec_fn=_small_files_only, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "no room left while writing" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before
    assert [path.name for path in Path.cwd().glob(".*")] == []


def test_a_full_disk_behind_standard_output_is_told(hcplens: Hcplens) -> None:
    write_notes(note("N1"))
    assert hcplens("run", "--notes", "notes.jsonl", "-o", "out").code == 0
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hcplens", "inspect", "out", "--format", "json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
