"""Policies, outcomes, gaps and briefs through the command line."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hcplens.cli import main
from hcplens.inference.exposures import REWARDS
from hcplens.inference.matching_commands import RewardName
from hcplens.inference.policy_options import PolicyName, policy_of
from hcplens.inference.runs import Run
from hcplens.prompts import ChoiceRequest, Completion, Outcome, Request, ScoringNotSupportedError

PEOPLE = [f"H{number}" for number in range(6)]


@pytest.fixture(scope="module")
def run(spoken: Callable[..., Any], published: Callable[..., Run]) -> Path:
    who = {"specialty": "cardiology", "country": "US", "language": "en"}
    consented = datetime(2026, 1, 1, tzinfo=UTC)
    return published(
        [spoken("2026-09-01", hcp_id=name) for name in PEOPLE]
        + [spoken("2026-09-01", hcp_id="H0", topic="supply", evidence="out of stock again")],
        hcps=[{"hcp_id": name, **who} for name in PEOPLE],
        consents=[
            {"hcp_id": name, "channel": "email", "status": "opt_in", "captured_at": consented} for name in PEOPLE
        ],
    ).folder


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "modules.jsonl"
    module = {
        "brand": "Dermiqo",
        "title": "Prior authorisation and payer coverage",
        "text": "How coverage is approved.",
        "status": "approved",
        "approved_at": "2026-01-01",
        "expires_at": "2027-01-01",
        "countries": ["US"],
        "language": "en",
        "channels": ["email"],
        "audiences": ["cardiology"],
    }
    path.write_text("".join(json.dumps(module | {"module_id": name}) + "\n" for name in ("M1", "M2", "M3")))
    return path


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object, code: int = 0) -> None:
    monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert int(stopped.value.code or 0) == code


def test_the_options_are_those_of_the_library() -> None:
    assert tuple(RewardName) == REWARDS
    assert [policy_of(name).name for name in PolicyName] == [name.value for name in PolicyName]


def test_a_log_is_joined_to_outcomes_that_evaluation_reads(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, answers, exposures = (tmp_path / name for name in ("log.jsonl", "answers.json", "exposures.csv"))
    options = ("--policy", "epsilon-greedy", "--epsilon", "1", "--seed", "3", "-k", "1", "--quiet")
    called(monkeypatch, "match", run, "--modules", modules, *options, "--log", log, "--format", "json", "-o", answers)
    logged = [json.loads(line) for line in log.read_text().splitlines()]
    told = json.loads(answers.read_text())
    assert [row["decision_id"] for row in logged] == [one["modules"][0]["decision_id"] for one in told]
    assert [row["propensity"] for row in logged] == pytest.approx([1 / 3] * len(PEOPLE))
    events = tmp_path / "events.csv"
    shown = [f"E{n},{row['hcp_id']},2026-10-02,email,clicked,{row['module_id']}" for n, row in enumerate(logged[:2])]
    late = "LATE,H0,2026-10-31,website,viewed,M9"
    events.write_text("\n".join(["event_id,hcp_id,timestamp,channel,action,content_id", *shown, late]) + "\n")
    feedback = tmp_path / "feedback.csv"
    said = [f"{logged[5]['decision_id']},executed,2026-10-03T08:00:00Z", ",dismissed,2026-10-03T08:00:00Z"]
    feedback.write_text("\n".join(["decision_id,outcome,at", *said]) + "\n")
    called(monkeypatch, "outcomes", log, "--events", events, "--feedback", feedback, "-o", exposures)
    told_of = capsys.readouterr().err
    assert f"6 exposures lie in {exposures}" in told_of
    assert "left out: 1 feedback without a decision_id" in told_of
    with exposures.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["reward"]) for row in rows] == [1, 1, 0, 0, 0, 0]
    assert [row["accepted"] for row in rows] == ["", "", "", "", "", "1"]
    assert rows[0]["candidates"] == "M1|M2|M3"
    called(monkeypatch, "outcomes", log, "--events", events, "-o", tmp_path / "no.parquet", "-q", code=2)


def test_a_log_that_is_there_is_kept(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    call = ("match", run, "--modules", modules, "--quiet", "--format", "json", "--log", log)
    called(monkeypatch, *call)
    before = log.read_bytes()
    assert before
    capsys.readouterr()
    called(monkeypatch, *call, "--seed", "5", code=2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"the log {log} is there already: name another file, or remove it" in shown.err
    assert log.read_bytes() == before


def test_an_option_of_another_policy_is_refused(
    run: Path, modules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(monkeypatch, "match", run, "--modules", modules, "--epsilon", "0.1", code=2)
    assert "--epsilon is for --policy epsilon-greedy" in capsys.readouterr().err
    called(monkeypatch, "match", run, "--modules", modules, "--policy", "softmax", "--temperature", "0", code=2)


def test_approved_wording_is_written_to_csv_as_it_is_and_an_id_is_kept_from_being_a_formula(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = {
        "module_id": "=M1",
        "title": "- 20 mg once daily",
        "text": "- Coverage is approved.\n- By most payers.",
        "claims": [{"claim_id": "C1", "text": "+19% survival", "status": "approved"}],
        "must_use": ["A1"],
        "assets": [{"asset_id": "A1", "text": "@ Safety information.", "status": "approved"}],
    }
    catalogue, answers = tmp_path / "modules.jsonl", tmp_path / "answers.csv"
    catalogue.write_text(json.dumps(json.loads(modules.read_text().split("\n")[0]) | wording))
    call = ("match", run, "--hcp", "H1", "--modules", catalogue, "--format", "csv")
    called(monkeypatch, *call, "-o", answers, "--quiet")
    with answers.open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["title"], row["text"]) == (wording["title"], wording["text"])
    assert (row["claims"], row["assets"]) == ("+19% survival", "@ Safety information.")
    assert row["module_id"] == "'=M1"


def test_gaps_have_three_shapes(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(monkeypatch, "gaps", run, "--modules", modules, "--format", "json", "--quiet")
    [gap] = json.loads(capsys.readouterr().out)
    assert {name: gap[name] for name in ("brand", "country", "topic", "physicians", "needing", "reasons", "next")} == {
        **{"brand": "Dermiqo", "country": "US", "topic": "supply", "physicians": 1, "needing": 1},
        **{"reasons": {"no module": 1}, "next": "commission a module"},
    }
    called(monkeypatch, "gaps", run, "--modules", modules, "--format", "csv", "-o", tmp_path / "gaps.csv", "-q")
    assert "supply,barrier,1" in (tmp_path / "gaps.csv").read_text()
    called(monkeypatch, "gaps", run, "--modules", modules, "--channel", "mail", "-q")
    assert "make what exists fit the channel" in " ".join(capsys.readouterr().out.split())
    called(monkeypatch, "gaps", run, "--modules", modules, "--brand", "Nobody", code=2)


def test_a_brief_is_markdown_or_html_and_for_its_owner_only(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(monkeypatch, "brief", run, "--hcp", "H0", "--modules", modules, "--quiet")
    text = capsys.readouterr().out
    assert text.startswith("# H0 · Dermiqo\n")
    assert "No approved wording may be shown on supply" in text
    assert "out of stock again" in text
    target = tmp_path / "brief.html"
    called(monkeypatch, "brief", run, "--hcp", "H0", "--modules", modules, "--format", "html", "-o", target, "-q")
    assert target.stat().st_mode & 0o077 == 0
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    called(monkeypatch, "brief", run, "--hcp", "NOBODY", "--modules", modules, "-q", code=2)


def test_a_language_model_that_is_named_writes_the_summary_of_a_brief(
    run: Path, modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = ("brief", run, "--hcp", "H0", "--modules", modules)
    cache = tmp_path / "answers.sqlite"
    model = Writer('{"sentences": [{"text": "Supply is open.", "findings": [2]}, {"text": "Safe.", "findings": [1]}]}')
    monkeypatch.setattr("hcplens.inference.named_language_model.LocalModel", lambda path, adapter: model)
    called(monkeypatch, *brief, "--llm-model", "a.gguf", "--llm-cache", cache)
    shown = capsys.readouterr()
    assert "Supply is open. (note N-2026-09-01 0-5)" in shown.out
    assert "*Written by writer from the findings cited; checked; 1 sentence of writer rejected.*" in shown.out
    assert "a sentence of writer was rejected: a claim about the product: 'Safe'" in shown.err
    model.text = "gone"
    called(monkeypatch, *brief, "--llm-model", "a.gguf", "--llm-cache", cache, "--quiet")
    assert "Supply is open." in capsys.readouterr().out
    called(monkeypatch, *brief, "--llm-model", "a.gguf", "--quiet")
    assert "writer gave no answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ("--llm-name", "x"),
        ("--llm-cache", "x"),
        ("--llm-model", "http://localhost:1/v1"),
        ("--llm-model", "no-such-file.gguf"),
        ("--llm-model", "no-such-file.gguf", "--llm-name", "x"),
    ],
)
def test_options_of_a_language_model_that_name_none_are_refused(
    options: tuple[str, ...],
    run: Path,
    modules: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    called(monkeypatch, "brief", run, "--hcp", "H0", "--modules", modules, "-q", *options, code=2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "llm" in shown.err or "no-such-file" in shown.err


class Writer:
    """A language model that always writes the same."""

    name, digest, can_score = "writer", "w" * 64, False

    def __init__(self, text: str) -> None:
        self.text = text

    def complete(self, requests: Sequence[Request]) -> Iterator[Outcome]:
        return (Outcome(place, Completion(self.text)) for place in range(len(requests)))

    def score_choices(self, requests: Sequence[ChoiceRequest]) -> Iterator[Outcome]:
        raise ScoringNotSupportedError("writer")
