"""`hcplens run --llm`, against a chat endpoint on loopback."""

from __future__ import annotations

import hashlib
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

from hcplens import Run
from hcplens.inference.assist import Combination
from hcplens.prompts import Prompt

GOLD = Path(__file__).parent.parent / "eval" / "gold"
AT_ONCE = 8
"""Requests that an endpoint has under way."""

Hcplens = Callable[..., Any]
Serving = Callable[..., Any]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first thirty notes of the benchmark."""
    file = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    lines = (GOLD / "notes_a.jsonl").read_text(encoding="utf-8").splitlines()[:30]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def plain(notes: Path, hcplens: Hcplens, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run that asks nobody."""
    folder = tmp_path_factory.mktemp("plain") / "run"
    assert hcplens("run", "--notes", notes, "-o", folder, "--llm", "off").code == 0
    return Run.open(folder)


@pytest.fixture
def asking(server: Any) -> tuple[str, ...]:
    return ("--llm-model", server.url, "--llm-name", "mini")


@pytest.fixture
def fit(hcplens: Hcplens, notes: Path, asking: tuple[str, ...], tmp_path: Path) -> Path:
    """As if the model's word weighed as much as that of the heads."""
    file = tmp_path / "fit.json"
    assert hcplens("fit-llm", notes, *asking, "-o", file, "--llm-share", "0.3").code == 0
    fitted = Combination.load(file)
    weights = fitted.weights.model_copy(update={"slope": 1.0, "weight": 2.0, "intercept": 0.0})
    fitted.model_copy(update={"weights": weights}).save(file)
    return file


def digests(run: Run) -> dict[str, str]:
    return {name: file.sha256 for name, file in run.manifest.files.items()}


def test_a_run_without_a_language_model_says_nothing_of_one(plain: Run) -> None:
    assert "language_model" not in json.loads((plain.folder / "manifest.json").read_text(encoding="utf-8"))
    assert [path.name for path in plain.folder.parent.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--llm", "adjudicate"], "needs --llm-model"),
        (["--llm-model", "x.gguf"], "need --llm adjudicate, extract or all"),
        (["--llm-dry-run"], "need --llm adjudicate, extract or all"),
        (["--llm-prompt", "confirm/v1"], "need --llm adjudicate, extract or all"),
        (["--llm", "extract", "--llm-model", "x", "--llm-prompt", "confirm/v1"], "x"),
        (["--llm", "all", "--llm-model", "http://127.0.0.1:9/v1"], "say which with --llm-name"),
        (["--llm", "all", "--llm-model", "absent.gguf", "--statements", "s.jsonl"], "says already what they state"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    options: list[str], why: str, hcplens: Hcplens, notes: Path, tmp_path: Path
) -> None:
    outcome = hcplens("run", "--notes", notes, "-o", tmp_path / "run", *options)
    assert outcome.code == 2
    assert why in " ".join(outcome.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_prompt_that_is_not_asked_is_refused(
    hcplens: Hcplens, notes: Path, asking: tuple[str, ...], tmp_path: Path
) -> None:
    outcome = hcplens(
        "run", "--notes", notes, "-o", tmp_path / "run", *asking, "--llm", "extract", "--llm-prompt", "confirm/v1"
    )
    assert outcome.code == 2
    assert "--llm extract does not ask the prompt confirm, but extract" in " ".join(outcome.err.split())


def test_a_run_with_a_language_model_says_who_was_asked_how_and_what_came_of_it(
    hcplens: Hcplens, notes: Path, plain: Run, server: Any, asking: tuple[str, ...], fit: Path, tmp_path: Path
) -> None:
    server.bodies.clear()
    done = hcplens("run", "--notes", notes, "-o", tmp_path / "run", "--llm", "all", *asking, "--llm-fit", fit)
    assert done.code == 0, done.err
    run = Run.open(tmp_path / "run")
    asked = run.manifest.language_model
    assert asked is not None
    assert (asked.name, asked.mode, asked.sha256) == (
        "mini",
        "all",
        Combination.load(fit).fitted_for.language_model_digest,
    )
    prompts = {prompt.name: (prompt.version, prompt.sha256) for prompt in asked.prompts}
    shipped = {name: Prompt.load(name).id for name in ("confirm", "extract")}
    assert prompts == {name: (prompt.version, prompt.digest) for name, prompt in shipped.items()}
    assert asked.fit_sha256 == hashlib.sha256(fit.read_bytes()).hexdigest()
    assert (asked.questions, asked.failed) == (len(server.bodies), 0)
    assert (asked.quotes, asked.ungrounded) == (60, 30)
    assert asked.turned > 0
    sources = [row["annotator"] for row in run.table("insights").to_pylist()]
    assert sources.count("mini") == asked.added > 0
    assert any(source.endswith("+mini") for source in sources)
    assert digests(run)["flags.parquet"] == digests(plain)["flags.parquet"]
    assert digests(run)["redactions.parquet"] == digests(plain)["redactions.parquet"]
    assert f"mini: {asked.questions} questions" in done.err


def test_the_same_run_again_asks_nothing_and_says_the_same_to_the_byte(
    hcplens: Hcplens, notes: Path, server: Any, asking: tuple[str, ...], fit: Path, tmp_path: Path
) -> None:
    command = ("run", "--notes", notes, "-o", tmp_path / "run", "--llm", "all", *asking, "--llm-fit", fit)
    assert hcplens(*command).code == 0
    first, asked = digests(Run.open(tmp_path / "run")), len(server.bodies)
    again = hcplens(*command)
    assert again.code == 0
    assert digests(Run.open(tmp_path / "run")) == first
    assert len(server.bodies) == asked
    assert Run.open(tmp_path / "run").manifest.language_model is not None
    assert "0 failed; 0 tokens read" in again.err


def test_without_a_fit_adjudication_changes_no_table(
    hcplens: Hcplens, notes: Path, plain: Run, asking: tuple[str, ...], tmp_path: Path
) -> None:
    done = hcplens("run", "--notes", notes, "-o", tmp_path / "run", "--llm", "adjudicate", *asking)
    assert "is counted and changes no label" in done.err
    assert digests(Run.open(tmp_path / "run")) == digests(plain)


def test_a_dry_run_prints_what_would_be_sent_and_publishes_nothing(
    hcplens: Hcplens, notes: Path, server: Any, asking: tuple[str, ...], tmp_path: Path
) -> None:
    command = ("run", "--notes", notes, "-o", tmp_path / "run", "--llm", "all", *asking)
    done = hcplens(*command, "--llm-dry-run")
    assert done.code == 0, done.err
    assert server.bodies == []
    assert list(tmp_path.iterdir()) == []
    would_be = [json.loads(line)["user"] for line in done.out.splitlines()]
    assert f"{len(would_be)} requests would be sent to mini" in done.err
    assert hcplens(*command).code == 0
    assert sorted(body["messages"][1]["content"] for body in server.bodies) == sorted(would_be)


def test_what_is_not_answered_is_counted_and_read_as_without(
    hcplens: Hcplens, notes: Path, plain: Run, serving: Serving, reply: Any, tmp_path: Path
) -> None:
    with serving(lambda body, time: reply(400, {"error": "too long"})) as server:
        asking = ("--llm", "extract", "--llm-model", server.url, "--llm-name", "mini")
        done = hcplens("run", "--notes", notes, "-o", tmp_path / "run", *asking)
    assert done.code == 0, done.err
    run = Run.open(tmp_path / "run")
    assert run.manifest.language_model is not None
    assert (run.manifest.language_model.questions, run.manifest.language_model.failed) == (30, 30)
    assert "mini answered 0 of 30 questions; the rest is read as without it" in run.manifest.notices
    assert digests(run) == digests(plain)


def test_an_endpoint_that_refuses_everybody_leaves_the_run_that_was_there(
    hcplens: Hcplens, notes: Path, serving: Serving, reply: Any, tmp_path: Path
) -> None:
    command = ("run", "--notes", notes, "-o", tmp_path / "run")
    assert hcplens(*command).code == 0
    before = digests(Run.open(tmp_path / "run"))
    with serving(lambda body, time: reply(401, {"error": "no key"})) as server:
        done = hcplens(*command, "--llm", "extract", "--llm-model", server.url, "--llm-name", "mini")
    assert done.code == 1
    assert digests(Run.open(tmp_path / "run")) == before


def test_a_killed_run_asks_nothing_again_and_ends_as_one_that_was_not_killed(
    hcplens: Hcplens, notes: Path, serving: Serving, completion: Callable[..., Any], reply: Any, tmp_path: Path
) -> None:
    answered, lock = 12, threading.Lock()
    waiting, all_wait, is_over = [0], threading.Event(), threading.Event()
    said: list[str] = []

    def script(body: dict[str, Any], time: int) -> Any:
        with lock:
            if is_over.is_set() or len(said) < answered:
                said.append(body["messages"][1]["content"])
                return completion('{"statements": []}')
            waiting[0] += 1
            if waiting[0] == AT_ONCE:
                all_wait.set()
        return reply(fault="stall")

    with serving(script) as server:
        asking = ["--llm", "extract", "--llm-model", server.url, "--llm-name", "mini"]
        command = ["run", "--notes", str(notes), "-o", str(tmp_path / "run"), *asking]
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
        with closing(sqlite3.connect(tmp_path / "run.answers.sqlite")) as kept:
            assert kept.execute("SELECT count(*) FROM answers").fetchone() == (answered,)
        assert not (tmp_path / "run").exists()
        is_over.set()
        assert hcplens(*command).code == 0
        resumed = digests(Run.open(tmp_path / "run"))
        assert len(said) == len(set(said)) == 30
        assert hcplens(*command, "--llm-cache", tmp_path / "new.sqlite").code == 0
        inside = hcplens(*command, "--llm-cache", tmp_path / "run" / "new.sqlite")
        assert (inside.code, "which is replaced whole" in inside.err) == (2, True)
    assert digests(Run.open(tmp_path / "run")) == resumed
    assert len(said) == 60
