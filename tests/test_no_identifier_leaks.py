"""Fifty planted identifiers, debug logs and a crash in the middle: only the raw table holds them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
import pytest

from hcplens import Client
from hcplens.inference.client.shapes import ToldEvent
from hcplens.inference.demo import sample_folder
from hcplens.inference.service.roles import Role
from hcplens.inference.service.store import ServiceStore

RAW = "raw_notes.parquet"
SPEAKING = "import logging; logging.basicConfig(level=logging.DEBUG); from hcplens.inference.cli import app; app()"
SAID = (
    "Worried about the renal signal since pt {} was hospitalized after the second dose.",
    "Prior auth for {} denied twice, her nurse spends the mornings on it. Prefers email.",
    "No longer worried about cost. Asked whether it can be used in dialysis, for patient {}.",
    "Loves the once daily dosing. {} threw up all night on it.",
)
NAMES = (
    *("Mrs Quillfeather", "Mr. Ostrowiecki", "Ms Baptiste-Okonjo", "Frau Zwingenberger", "Herr Pfannkuchner"),
    *(
        "Mr Tobias Wrenfield",
        "Mrs. Ludmila Hrdlicka",
        "Ms. Sunniva Brattland",
        "Mr Ikaika Kealoha",
        "Miss Orlaith Devane",
    ),
    *("Mrs Gwendolen Tharp", "Mr Casimir Dudek", "Mrs Anneliese Vogt", "Mr Yusuf Karaman", "Mrs Thandeka Mabuza"),
)
NUMBERS = (
    *("MRN 88412097", "MRN: 7733190", "chart no. 5519023", "record number A-662019", "member ID 884-220-917"),
    *(
        "policy no. 55091234",
        "NHS number 943 476 5919",
        "case no. 2031-8841",
        "insurance ID XK7719203",
        "acct #7719204",
    ),
)
CONTACTS = (
    *("ludmila.h@mailbox.example", "t.wrenfield77@post.example", "quill.f@inbox.example", "o.devane@letters.example"),
    *("+44 7700 900123", "(555) 201-8834", "555-301-9921", "+49 151 23456789", "07700 900456", "+1 555 442 9910"),
)
DATES = (
    *("DOB 03/09/1961", "DOB 1958-11-23", "born 14.02.1949", "d.o.b. 7/7/72", "DOB: 21 March 1980"),
    *("born on 5 May 1944", "DOB 12-12-1939", "geb. 30.06.1951"),
)
PLACES = ("14 Larkspur Lane", "221 Old Mill Road", "8 Harbour Street", "37 Kestrel Close", "Lindenstraße 44")
DATABASES = (".db", ".sqlite")
AGES = ("93-year-old", "aged 97")
PLANTED = (*NAMES, *NUMBERS, *CONTACTS, *DATES, *PLACES, *AGES)


def commands(sample: Path, notes: Path, run: Path, out: Path) -> dict[str, list[str]]:
    """Every command that reads notes or a run, by name."""
    proposal = ("--propose", str(out / "topics.yaml"))
    return {
        "annotate": ["annotate", str(notes), "-o", str(out / "annotations.jsonl")],
        "inspect": ["inspect", str(run)],
        "inspect html": ["inspect", str(run), "--format", "html"],
        "portfolio": ["portfolio", str(run)],
        "portfolio json": ["portfolio", str(run), "--format", "json"],
        "inspect json": ["inspect", str(run), "--format", "json"],
        "match": ["match", str(run), "--format", "json"],
        "flags": ["flags", str(run), "--format", "json"],
        "flags csv": ["flags", str(run), "--format", "csv", "-o", str(out / "flags.csv")],
        "themes": [*("themes", str(run), "--min-clauses", "2", "--min-physicians", "2", "--format", "json"), *proposal],
    }


def start(arguments: list[str], places: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SPEAKING, *arguments],
        env=os.environ | places | {"TRANSFORMERS_VERBOSITY": "debug"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def spoken(arguments: list[str], places: dict[str, str]) -> str:
    """Everything that a command said."""
    process = start(arguments, places)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out + err


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert len(PLANTED) == len(set(PLANTED)) == 50
    file = tmp_path_factory.mktemp("given") / "notes.jsonl"
    rows = [
        {
            "note_id": f"N{number:03}",
            "hcp_id": f"H{number % 7}",
            "rep_id": "R1",
            "date": "2025-03-04",
            "channel": "face_to_face",
            "brand": "Zelvanta",
            "country": "GB",
            "text": SAID[number % len(SAID)].format(planted),
            "objection": f"cost, says {planted}" if number % 5 == 0 else None,
        }
        for number, planted in enumerate(PLANTED)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def everything(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder that everything was written to, and what each command said."""
    place = tmp_path_factory.mktemp("everything")
    for name in ("cache", "temporary", "out"):
        (place / name).mkdir()
    where = {"HCPLENS_CACHE": str(place / "cache"), "TMPDIR": str(place / "temporary"), "HOME": str(place)}
    with sample_folder() as sample:
        run = ["run", "--notes", str(notes), "--modules", str(sample / "modules.jsonl"), "-o", str(place / "run")]
        said = {"killed": killed([*run, "--json-logs"], where), "run": spoken([*run, "--json-logs"], where)}
        for name, arguments in commands(sample, notes, place / "run", place / "out").items():
            said[name] = spoken(arguments, where)
        said["serve"] = served(place, sample / "modules.jsonl", where)
    return place, said


def served(place: Path, modules: Path, places: dict[str, str]) -> str:
    """What the service answers to everything that it can be asked, and what it says meanwhile."""
    store = place / "out" / "service.db"
    with ServiceStore.open(store) as opened:
        _, key = opened.add_key(Role.ADMIN, name="canary")
    listening = [*("--store", str(store)), *("--modules", str(modules)), *("--port", "0")]
    process = start(["serve", str(place / "run"), *listening], places)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    hcps = [f"H{number}" for number in range(7)]
    with Client(url, key) as client:
        heard: list[Any] = [client.match(hcp, "Zelvanta") for hcp in hcps]
        heard += [client.hcp(hcp) for hcp in hcps]
        heard += [line.answer or line.error for line in client.match_batch([{"hcp_id": "H1", "brand": "Zelvanta"}])]
        when = "2026-01-01T09:00:00Z"
        event = {"event_id": "E1", "hcp_id": "H1", "timestamp": when, "channel": "email", "action": "opened"}
        heard.append(client.send_events([cast(ToldEvent, event)]))
    process.terminate()
    out, err = process.communicate()
    assert process.returncode == 0, err
    return json.dumps(heard, default=str, ensure_ascii=False) + out + err


def killed(arguments: list[str], places: dict[str, str]) -> str:
    """What a run said until it was killed, when its notes were read and kept and nothing was published."""
    process = start(arguments, places)
    assert process.stderr is not None
    heard = []
    for line in process.stderr:
        heard.append(line)
        if line.startswith("{") and json.loads(line).get("stage") == "surveys":
            break
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return "".join(heard) + out + err


def contents(file: Path) -> Iterator[str]:
    """What a reader of a file may see: its bytes, and the values of a table or a database."""
    yield file.read_bytes().decode("utf-8", "replace")
    if file.suffix == ".parquet":
        table = pq.read_table(file)
        yield json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
        yield str(table.schema)
    elif file.read_bytes().startswith(b"SQLite"):
        with closing(sqlite3.connect(file)) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                yield repr(database.execute(f'SELECT * FROM "{name}"').fetchall())


def planted_in(text: str) -> list[str]:
    return [planted for planted in PLANTED if planted in text]


def test_the_raw_table_holds_all_of_them(everything: tuple[Path, dict[str, str]]) -> None:
    place, _ = everything
    assert planted_in("".join(contents(place / "run" / RAW))) == list(PLANTED)


def test_no_other_file_holds_any_of_them(everything: tuple[Path, dict[str, str]]) -> None:
    place, _ = everything
    files = [path for path in place.rglob("*") if path.is_file() and path.name != RAW]
    files.sort(
        key=lambda path: path.suffix in DATABASES
    )  # opened last: what lies beside them goes when they are closed
    leaks = {str(file.relative_to(place)): found for file in files if (found := planted_in("".join(contents(file))))}
    assert leaks == {}
    assert {"flags.parquet", "insights.parquet", "flags.csv", "annotations.jsonl", "topics.yaml"} <= {
        file.name for file in files
    }
    assert [file for file in files if file.is_relative_to(place / "cache")]


def test_no_command_says_any_of_them(everything: tuple[Path, dict[str, str]]) -> None:
    _, said = everything
    assert {name: planted_in(text) for name, text in said.items() if planted_in(text)} == {}
    assert all(said.values())
