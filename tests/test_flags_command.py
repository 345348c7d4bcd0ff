"""The safety queue through the command line, on runs whose flags come from the rules alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hcplens import InsightModel, Run
from hcplens.inference.flag_commands import FlagKind
from hcplens.inference.pipeline import run_files
from hcplens.inference.progress import QuietReporter
from hcplens.inference.records.schemas import FLAG_KINDS
from hcplens.inference.run_plan import RunPlan
from hcplens.inference.safety_queue_page import COLUMNS

HARM = "One patient was hospitalised with anaphylaxis after the second dose."
UNREAD = "Der Arzt hat keine Zeit, die Krankenkasse lehnt alles ab"
NOTE = {"note_id": "N1", "hcp_id": "H1", "date": "2026-05-01", "brand": "Dermiqo", "text": f"Lunch. {HARM}"}
QUIET = {**NOTE, "note_id": "N0", "text": "..."}
LATER = {**NOTE, "note_id": "N2", "hcp_id": "H2", "date": "2026-05-28", "brand": "Zelvanta"}
REJECTED = {**NOTE, "note_id": "N3", "channel": "carrier pigeon", "brand": None}
ANSWER = {"response_id": "S1", "hcp_id": "H1", "date": "2026-05-02", "question": "Why?", "answer": UNREAD}
HCPS = [{"hcp_id": "H1", "country": "GB"}, {"hcp_id": "H2", "country": "US"}]


Hcplens = Callable[..., Any]
MakeRun = Callable[..., Path]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="module")
def make_run(small_model: InsightModel, tmp_path_factory: pytest.TempPathFactory) -> MakeRun:
    """Publishes a run of tables by name whose notes' statements are given, so that no model raises a flag."""

    def publish(**tables: list[dict[str, Any]]) -> Path:
        folder = tmp_path_factory.mktemp("flags")
        given = {"given": [{"note_id": QUIET["note_id"], "insights": []}]}
        for name, rows in (tables | given).items():
            lines = (json.dumps(row) + "\n" for row in rows)
            (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        files = {name: folder / f"{name}.jsonl" for name in tables}
        plan = RunPlan(small_model, small_model.taxonomy, folder / "given.jsonl", max_rejects=0.5)
        run_files(files, plan, folder / "run", QuietReporter())
        return folder / "run"

    return publish


@pytest.fixture(scope="module")
def run(make_run: MakeRun) -> Path:
    """Three notes with harm, one of them rejected; a note without, and an answer that is not read."""
    return make_run(notes=[QUIET, NOTE, LATER, REJECTED], surveys=[ANSWER], hcps=HCPS)


def flag_of(run: Path, note_id: str) -> str:
    flags = Run.open(run).table("flags").to_pylist()
    return next(str(row["flag_id"]) for row in flags if row["note_id"] == note_id)


def test_the_kinds_are_those_of_the_flags() -> None:
    assert tuple(FlagKind) == FLAG_KINDS


def test_a_run_dates_its_flags(run: Path) -> None:
    flags = {row["note_id"]: row for row in Run.open(run).table("flags").to_pylist()}
    times = {name: (row["aware_at"], row["detected_at"], row["due_at"]) for name, row in flags.items()}
    found = date(2026, 5, 28)
    assert times == {
        "N1": (date(2026, 5, 1), found, date(2026, 5, 5)),
        "N2": (date(2026, 5, 28), found, date(2026, 5, 29)),
        "N3": (date(2026, 5, 1), found, date(2026, 5, 5)),
    }


def test_the_queue_is_listed_with_what_was_searched(hcplens: Hcplens, run: Path) -> None:
    shown = hcplens("flags", run, "--as-of", "2026-05-29")
    assert (shown.code, shown.err) == (0, "")
    assert re.findall(r"^due (\S+)  (\S+) +adverse event in (\S+)$", shown.out, re.MULTILINE) == [
        ("2026-05-05", "overdue", "N1"),
        ("2026-05-05", "overdue", "N3"),
        ("2026-05-29", "open", "N2"),
    ]
    assert shown.out.splitlines()[-1] == (
        "3 flags in 3 notes and answers read, 1 unread, 1 rejected row: "
        "3 open on 2026-05-29 (3 adverse events, 2 overdue)"
    )


def test_80_columns_hold_every_word_and_id_of_a_flag(hcplens: Hcplens, make_run: MakeRun) -> None:
    salesforce = {"note_id": "a0K5g00000AbCdEAAV", "hcp_id": "0035g00000XyZwVAAV"}
    harm = "One patient was hospitalised with anaphylaxis after the second dose, and a week later had a heart attack."
    run = make_run(notes=[QUIET, NOTE | salesforce | {"text": harm}])
    [flag] = Run.open(run).table("flags").to_pylist()
    page = hcplens("flags", run, "--as-of", "2026-05-29", columns=80).out
    assert max(map(len, page.splitlines())) <= 80
    assert " ".join(page.split()).count(f"“{flag['evidence']}”") == 1
    assert f"in {salesforce['note_id']}\n" in page
    assert f"  {salesforce['hcp_id']} · Dermiqo · flag {flag['flag_id']}\n" in page


def test_it_may_be_called_list_and_options_may_come_first(hcplens: Hcplens, run: Path) -> None:
    chosen = ("--as-of", "2026-05-29", "--format", "json")
    assert hcplens("flags", *chosen, run) == hcplens("flags", "list", run, *chosen) == hcplens("flags", run, *chosen)


def test_a_run_without_flags_says_what_was_read(hcplens: Hcplens, make_run: MakeRun) -> None:
    empty = make_run(notes=[QUIET], surveys=[ANSWER])
    assert hcplens("flags", empty).out == "0 found in 1 notes and answers read, 1 unread, 0 rejected rows\n"
    assert hcplens("flags", make_run(notes=[QUIET])).out == "0 found in 1 note read, 0 unread, 0 rejected rows\n"
    programs = hcplens("flags", empty, "--format", "json", "--fail-on-overdue")
    assert (programs.code, programs.json) == (0, [])
    assert programs.err == "note: 0 found in 1 notes and answers read, 1 unread, 0 rejected rows\n"


def test_json_and_csv_say_the_same(hcplens: Hcplens, run: Path, tmp_path: Path) -> None:
    records = hcplens("flags", run, "--as-of", "2026-05-29", "--format", "json").json
    file = tmp_path / "flags.csv"
    assert hcplens("flags", run, "--as-of", "2026-05-29", "--format", "csv", "-o", file).code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert [list(record) for record in records] == [list(COLUMNS)] * 3
    assert [{name: _cell(value) for name, value in record.items()} for record in records] == rows
    first = records[0]
    assert (first["status"], first["overdue"], first["due_at"]) == ("open", True, "2026-05-05")
    assert NOTE["text"][first["start"] : first["end"]] == first["evidence"]


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize(
    ("chosen", "notes"),
    [
        (["--hcp", "H2"], ["N2"]),
        (["--brand", "Zelvanta"], ["N3", "N2"]),  # what names no brand may concern it
        (["--kind", "product_complaint"], []),
        (["--status", "overdue"], ["N1", "N3"]),
        (["--status", "open"], ["N1", "N3", "N2"]),
        (["--status", "closed"], []),
    ],
)
def test_flags_are_picked_and_the_reconciliation_stays_whole(
    hcplens: Hcplens, run: Path, chosen: list[str], notes: list[str]
) -> None:
    shown = hcplens("flags", run, "--as-of", "2026-05-29", "--format", "json", *chosen)
    assert [record["note_id"] for record in shown.json] == notes
    assert "note: 3 flags in" in shown.err
    assert (f"; {len(notes)} shown" in shown.err) == (len(notes) < 3)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (["--hcp", "H9"], "knows no physician 'H9'"),
        (["--brand", "Nada"], "knows no brand 'Nada'"),
        (["--dispositions", "nowhere.csv"], "nowhere.csv: no such file"),
    ],
)
def test_what_is_not_there_is_bad_input(hcplens: Hcplens, run: Path, chosen: list[str], message: str) -> None:
    outcome = hcplens("flags", run, *chosen)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_an_overdue_flag_exits_with_3_after_the_list(hcplens: Hcplens, run: Path) -> None:
    late = hcplens("flags", run, "--as-of", "2026-05-29", "--fail-on-overdue")
    assert late.code == 3
    assert "N2" in late.out
    assert late.err == "hcplens: 2 overdue, the first since 2026-05-05: adverse_event in N1\n"
    hidden = hcplens("flags", run, "--as-of", "2026-05-29", "--fail-on-overdue", "--status", "closed")
    assert hidden.code == 3


@pytest.mark.parametrize("chosen", [["--as-of", "2026-05-05"], ["--as-of", "2026-05-29", "--hcp", "H2"]])
def test_what_is_due_today_is_not_overdue(hcplens: Hcplens, run: Path, chosen: list[str]) -> None:
    assert hcplens("flags", run, "--fail-on-overdue", *chosen).code == 0


def test_today_counts_unless_a_day_is_named(hcplens: Hcplens, run: Path) -> None:
    assert hcplens("flags", run, "--hcp", "H2", "--fail-on-overdue").code == 3


def test_closing_a_flag_takes_it_off_the_list_and_into_the_next_run(
    hcplens: Hcplens, run: Path, make_run: MakeRun, tmp_path: Path
) -> None:
    decided, before = tmp_path / "decided.csv", {path: path.read_bytes() for path in run.iterdir()}
    decision = ("--reason", "reported,\n case 7", "--decided-at", "2026-05-04", "--dispositions", decided)
    closed = hcplens("flags", "close", run, flag_of(run, "N1"), *decision)
    assert (closed.code, closed.err) == (0, "")
    assert closed.out == f"1 flag of kind adverse_event in N1 closed on 2026-05-04; written to {decided}\n"
    assert hcplens("flags", "close", run, flag_of(run, "N1"), *decision).out.endswith("had this decision already\n")
    assert {path: path.read_bytes() for path in run.iterdir()} == before

    listed = hcplens("flags", run, "--dispositions", decided, "--as-of", "2026-05-29", "--format", "json")
    [row] = [record for record in listed.json if record["status"] == "closed"]
    assert (row["note_id"], row["decided_at"], row["reason"]) == ("N1", "2026-05-04", "reported, case 7")
    assert "2 open on 2026-05-29 (2 adverse events, 1 overdue)" in listed.err
    earlier = hcplens("flags", run, "--dispositions", decided, "--as-of", "2026-05-03", "--status", "closed")
    assert "3 open on 2026-05-03" in earlier.out

    rows = list(csv.DictReader(io.StringIO(decided.read_text(encoding="utf-8"), newline="")))
    later = make_run(notes=[QUIET, NOTE], dispositions=rows)
    assert hcplens("flags", later, "--status", "closed", "--format", "json").json[0]["note_id"] == "N1"


@pytest.mark.parametrize(
    ("note_id", "options", "message"),
    [
        (None, [], "has no flag 'no such flag': hcplens flags"),
        ("N1", ["--reason", "  "], "say in plain words why the flag is closed"),
        ("N1", ["--reason", "a\x00b"], "cannot be kept"),
        ("N1", ["--decided-at", "2026-04-30"], "lies before 2026-05-01, the day of N1"),
        ("N1", ["--decided-at", "9999-01-01"], "lies in the future"),
        ("N1", ["--dispositions", "decided.txt"], "ends in .csv"),
    ],
)
def test_a_decision_that_could_not_count_is_refused(
    hcplens: Hcplens, run: Path, tmp_path: Path, note_id: str | None, options: list[str], message: str
) -> None:
    decided = tmp_path / "decided.csv"
    flag_id = flag_of(run, note_id) if note_id else "no such flag"
    whole = ["--reason", "reported", "--dispositions", str(decided), *options]
    outcome = hcplens("flags", "close", run, flag_id, *whole)
    assert outcome.code == 2
    assert message in outcome.err
    assert not decided.exists()


def test_a_run_of_an_older_version_says_so(hcplens: Hcplens, run: Path, tmp_path: Path) -> None:
    from hcplens.inference.runs import write_run

    opened = Run.open(run)
    flags = opened.table("flags").drop_columns(["aware_at", "detected_at", "due_at"])
    write_run(tmp_path / "old", {"flags": flags}, opened.taxonomy, opened.manifest)
    outcome = hcplens("flags", tmp_path / "old")
    assert outcome.code == 2
    assert "an older version made it, make the run again" in outcome.err
