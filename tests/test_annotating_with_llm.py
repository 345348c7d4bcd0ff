"""`hcplens annotate --llm` and `hcplens fit-llm`, against a chat endpoint on loopback."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

GOLD = Path(__file__).parent.parent / "eval" / "gold"
AT_ONCE = 8
"""Requests that an endpoint has under way."""


Hcplens = Callable[..., Any]
Serving = Callable[..., Any]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first forty notes of the benchmark."""
    file = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    lines = (GOLD / "notes_a.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def questions(server: Any) -> list[str]:
    return [body["messages"][1]["content"] for body in server.bodies]


def test_it_is_off_unless_asked_for(hcplens: Hcplens, notes: Path, tmp_path: Path) -> None:
    assert hcplens("annotate", notes, "-o", tmp_path / "plain.jsonl").code == 0
    assert hcplens("annotate", notes, "-o", tmp_path / "off.jsonl", "--llm", "off").code == 0
    assert (tmp_path / "plain.jsonl").read_bytes() == (tmp_path / "off.jsonl").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["off.jsonl", "plain.jsonl"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--llm", "adjudicate"], "needs --llm-model"),
        (["--llm-model", "x.gguf"], "need --llm adjudicate, extract or all"),
        (["--llm-dry-run"], "need --llm adjudicate, extract or all"),
        (["--llm", "all", "--llm-model", "http://127.0.0.1:9/v1"], "say which with --llm-name"),
        (["--llm", "all", "--llm-model", "absent.gguf"], "absent.gguf"),
        (["--llm", "all", "--llm-model", "absent.gguf", "--llm-name", "x"], "--llm-name is for an endpoint"),
        (["--llm", "extract", "--llm-model", "x.gguf", "--llm-fit", "f.json"], "extract has none"),
        (["--llm", "maybe"], "maybe"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    options: list[str], why: str, hcplens: Hcplens, notes: Path, tmp_path: Path
) -> None:
    outcome = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *options)
    assert outcome.code == 2
    assert why in " ".join(outcome.err.split())
    assert list(tmp_path.iterdir()) == []


def test_adjudication_by_an_endpoint_tells_what_it_came_to(
    hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path
) -> None:
    asking = ("--llm-model", server.url, "--llm-name", "mini")
    fit, out = tmp_path / "fit.json", tmp_path / "out.jsonl"
    fitted = hcplens("fit-llm", notes, *asking, "-o", fit, "--llm-share", "0.3")
    assert fitted.code == 0, fitted.err
    assert "no help beyond chance: leave --llm off" in fitted.err
    asked = len(server.bodies)
    done = hcplens("annotate", notes, *asking, "-o", out, "--llm", "adjudicate", "--llm-fit", fit)
    assert done.code == 0, done.err
    assert f"mini did not help where {fit} was fitted" in done.err
    assert f"mini: {asked} questions, {asked} answered (0 from the cache), 0 failed" in done.err
    assert "mini was asked about 3" in done.err
    assert len(server.bodies) == 2 * asked
    assert {s["source"].partition("+")[2] for note in lines(out) for s in note["insights"]} == {"", "mini"}


def test_without_a_fit_answers_are_counted_and_change_nothing(
    hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path
) -> None:
    asking = ("--llm-model", server.url, "--llm-name", "mini", "--llm-cache", tmp_path / "answers.sqlite")
    assert hcplens("annotate", notes, "-o", tmp_path / "plain.jsonl").code == 0
    done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", "--llm", "adjudicate", *asking)
    assert "is counted and changes no label" in done.err
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "plain.jsonl").read_bytes()
    again = hcplens("annotate", notes, "-o", tmp_path / "again.jsonl", "--llm", "adjudicate", *asking)
    assert f"({len(server.bodies)} from the cache), 0 failed; 0 tokens read" in again.err


def test_extraction_uses_no_quote_that_is_not_in_its_note(
    hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path
) -> None:
    asking = ("--llm", "extract", "--llm-model", server.url, "--llm-name", "mini")
    done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking)
    assert done.code == 0, done.err
    assert "mini quoted 80 times: 40 letter by letter" in done.err
    assert "40 quotes are not in their note and were not used" in done.err
    texts = {note["note_id"]: note["text"] for note in lines(notes)}
    told = [(texts[note["note_id"]], s) for note in lines(tmp_path / "out.jsonl") for s in note["insights"]]
    by_mini = [(text, s) for text, s in told if s["source"] == "mini"]
    assert len(by_mini) > 30
    for text, statement in told:
        assert statement.get("masked") or text[statement["start"] : statement["end"]] == statement["evidence"]
        assert "unicorn" not in statement["evidence"]


def test_all_asks_both_kinds_of_question(hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path) -> None:
    asking = ("--llm", "all", "--llm-model", server.url, "--llm-name", "mini")
    assert hcplens("annotate", notes, "-o", tmp_path / "out.parquet", *asking).code == 0
    assert len([text for text in questions(server) if "Words: " in text]) > 20
    assert len([text for text in questions(server) if "Words: " not in text]) == 40


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path
) -> None:
    asking = ("--llm", "all", "--llm-model", server.url, "--llm-name", "mini")
    done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking, "--llm-dry-run")
    assert done.code == 0, done.err
    assert server.bodies == []
    assert list(tmp_path.iterdir()) == []
    would_be = [json.loads(line)["user"] for line in done.out.splitlines()]
    assert f"{len(would_be)} requests would be sent to mini" in done.err
    hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking)
    assert sorted(questions(server)) == sorted(would_be)


def test_no_identifier_leaves_the_machine_or_is_kept_with_the_answers(
    hcplens: Hcplens, server: Any, tmp_path: Path
) -> None:
    planted = ["Mrs Ludmila Hrdlicka", "MRN 88412097", "ludmila.h@mailbox.example", "DOB 1958-11-23", "07700 900456"]
    file, cache = tmp_path / "notes.jsonl", tmp_path / "answers.sqlite"
    texts = [
        f"Pt {who}: prior auth denied twice, not sure the co-pay is a problem. Maybe the pen is fine, {who}."
        for who in planted
    ]
    rows = [
        {"note_id": f"N{number}", "hcp_id": "H1", "date": "2026-03-14", "text": text}
        for number, text in enumerate(texts)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asking = ("--llm", "all", "--llm-model", server.url, "--llm-name", "mini", "--llm-cache", cache)
    done = hcplens("annotate", file, "-o", tmp_path / "out.jsonl", *asking)
    assert done.code == 0, done.err
    with closing(sqlite3.connect(cache)) as kept:
        answers = repr(kept.execute("SELECT * FROM answers").fetchall())
    told = json.dumps(server.bodies) + answers + done.err + done.out
    assert [who for who in planted if who in told] == []
    assert len(questions(server)) > 5


def test_a_budget_ends_the_asking_and_not_the_run(hcplens: Hcplens, notes: Path, server: Any, tmp_path: Path) -> None:
    asking = ("--llm", "adjudicate", "--llm-model", server.url, "--llm-name", "mini", "--llm-budget", "1800")
    done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking)
    assert done.code == 0
    assert "the budget of 1800 tokens does not pay for another request" in done.err
    assert 0 < len(server.bodies) < 1800 / 15
    assert len(lines(tmp_path / "out.jsonl")) == 40


def test_an_endpoint_that_refuses_everybody_ends_the_run(
    hcplens: Hcplens, notes: Path, serving: Serving, reply: Any, tmp_path: Path
) -> None:
    with serving(lambda body, time: reply(401, {"error": "no key"})) as server:
        asking = ("--llm", "adjudicate", "--llm-model", server.url, "--llm-name", "mini")
        done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking)
    assert done.code == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_a_killed_run_asks_nothing_again(
    hcplens: Hcplens, notes: Path, serving: Serving, completion: Callable[..., Any], reply: Any, tmp_path: Path
) -> None:
    answered, lock = 12, threading.Lock()
    waiting, all_wait = [0], threading.Event()
    is_over = threading.Event()

    def script(body: dict[str, Any], time: int) -> Any:
        with lock:
            if is_over.is_set() or len(said) < answered:
                said.append(body["messages"][1]["content"])
                return completion('{"answer": "no"}')
            waiting[0] += 1
            if waiting[0] == AT_ONCE:
                all_wait.set()
        return reply(fault="stall")

    said: list[str] = []
    with serving(script) as server:
        asking = ["--llm", "adjudicate", "--llm-model", server.url, "--llm-name", "mini"]
        command = ["annotate", str(notes), "-o", str(tmp_path / "out.jsonl"), *asking]
        process = subprocess.Popen(
            [sys.executable, "-m", "hcplens", *command],
            env=os.environ,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert all_wait.wait(120)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        with closing(sqlite3.connect(tmp_path / "out.jsonl.answers.sqlite")) as kept:
            assert kept.execute("SELECT count(*) FROM answers").fetchone() == (answered,)
        assert not (tmp_path / "out.jsonl").exists()
        is_over.set()
        done = hcplens(*command)
    assert done.code == 0, done.err
    assert f"({answered} from the cache), 0 failed" in done.err
    assert len(said) == len(set(said)) > answered + AT_ONCE
