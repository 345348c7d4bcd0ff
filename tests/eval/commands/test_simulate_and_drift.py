from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens import Run
from hcplens.eval.results import read_result
from hcplens.eval.simulator import SimulationOptions, simulate

PHYSICIANS = 40


Hcplens = Callable[..., Any]


@pytest.fixture(scope="module")
def world(hcplens: Hcplens, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a simulated world."""
    folder = tmp_path_factory.mktemp("simulated") / "world"
    assert hcplens("eval", "simulate", "-o", folder, "--physicians", PHYSICIANS).code == 0
    return folder


@pytest.fixture(scope="module")
def run(hcplens: Hcplens, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of that world with its own statements."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    files = {
        "notes": "notes.jsonl",
        "statements": "notes.jsonl",
        "surveys": "surveys.csv",
        "events": "content_events.csv",
        "hcps": "hcps.csv",
        "consents": "consents.csv",
    }
    named = [part for option, name in files.items() for part in (f"--{option}", world / name)]
    outcome = hcplens("run", "-o", folder, *named, "--as-of", "2026-06-30", "--max-rejects", "0")
    assert outcome.code == 0, outcome.err
    return folder


# simulate


def test_a_simulated_world_goes_the_whole_way_without_a_reject(run: Path) -> None:
    counts = Run.open(run).manifest.counts
    same = simulate(SimulationOptions(physicians=PHYSICIANS))
    assert counts["rejects"] == 0
    assert counts["flags"] == 0
    assert (counts["raw_notes"], counts["surveys"]) == (len(same.notes), len(same.surveys))
    assert counts["hcps"] == PHYSICIANS


@pytest.mark.parametrize(("output", "measure"), [("w", "w"), ("w", "w/r"), ("r/w", "r"), ("w", "./w/../w/a/r")])
def test_a_world_and_its_result_must_not_lie_in_each_other(
    output: str, measure: str, hcplens: Hcplens, tmp_path: Path
) -> None:
    refused = hcplens("eval", "simulate", "-o", tmp_path / output, "--physicians", 1, "--measure", tmp_path / measure)
    assert refused.code == 2
    assert "neither inside the other" in refused.err
    assert not list(tmp_path.iterdir())


def test_a_world_can_be_measured(hcplens: Hcplens, tmp_path: Path) -> None:
    outcome = hcplens(
        "eval", "simulate", "-o", tmp_path / "w", "--physicians", 30, "--months", 4, "--measure", tmp_path / "r"
    )
    assert outcome.code == 0
    keys = {figure.key for figure in read_result(tmp_path / "r").figures}
    assert {"simulated/listed open F1", "simulated/channel error", "simulated/next-month log-loss"} <= keys
    assert "30 simulated physicians, 4 months, seed 7" in outcome.out


def test_the_run_has_the_statements_that_were_simulated(run: Path) -> None:
    same = simulate(SimulationOptions(physicians=PHYSICIANS))
    for name, simulated in (("insights", same.statements), ("channel_statements", same.channel_statements)):
        found, expected = (
            sorted(
                repr({key: value for key, value in row.items() if key not in ("annotator", "masked", "evidence")})
                for row in table.to_pylist()
                if row["source"] == "note"
            )
            for table in (Run.open(run).table(name), simulated)
        )
        assert found == expected


def test_the_truth_lies_beside_the_records(world: Path) -> None:
    record = json.loads((world / "simulation.json").read_text(encoding="utf-8"))
    assert record["notice"].startswith("Synthetic.")
    assert record["options"]["physicians"] == PHYSICIANS
    names = {path.name for path in world.iterdir()}
    assert {f"truth_{name}.csv" for name in ("topics", "channels", "reps", "prescribing", "statements")} <= names
    assert set(record["rows"]) == names - {"simulation.json"}
    for name, rows in record["rows"].items():
        lines = (world / name).read_text(encoding="utf-8").count("\n")
        assert lines == rows + name.endswith(".csv"), name


def test_the_same_seed_writes_the_same_files_in_place_of_the_old(hcplens: Hcplens, world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    for seed in (8, 7):
        assert hcplens("eval", "simulate", "-o", folder, "--physicians", PHYSICIANS, "--seed", seed).code == 0
    for path in world.iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_folder_of_somebody_else_is_left_alone(hcplens: Hcplens, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    outcome = hcplens("eval", "simulate", "-o", tmp_path)
    assert outcome.code == 2
    assert "hcplens did not make it" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# drift


def test_a_run_and_the_notes_it_was_made_of_are_alike(hcplens: Hcplens, world: Path, run: Path) -> None:
    outcome = hcplens("eval", "drift", run, world / "notes.jsonl", "--no-embeddings", "--format", "json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["verdict"] == "stable"
    changes = [change for aspect in found["aspects"] for change in aspect["changes"]]
    assert {change["difference"]["value"] for change in changes} == {0}
    notes = map(json.loads, (world / "notes.jsonl").read_text(encoding="utf-8").splitlines())
    spoken_of = {note["hcp_id"] for note in notes}  # nobody visits some of the physicians
    assert {change["difference"]["clusters"] for change in changes} == {len(spoken_of)}
    assert [aspect["name"] for aspect in found["aspects"]] == ["mix", "text", "vocabulary", "labels", "confidence"]


def noisy(path: Path, target: Path) -> Path:
    """The same notes, with a worry about supply in every other one."""
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        note: dict[str, Any] = json.loads(line)
        worry = {"topic": "supply", "polarity": "barrier", "status": "current", "holder": "hcp", "evidence": "Visit"}
        note["insights"] += [worry] if number % 2 else []
        lines.append(json.dumps(note) + "\n")
    target.write_text("".join(lines), encoding="utf-8")
    return target


def test_drift_is_told_and_fails_only_where_asked(hcplens: Hcplens, world: Path, tmp_path: Path) -> None:
    new = noisy(world / "notes.jsonl", tmp_path / "new.jsonl")
    asked = ("eval", "drift", world / "notes.jsonl", new, "--no-embeddings")
    told = hcplens(*asked, "-o", tmp_path / "drift.json")
    assert told.code == 0
    assert "topic supply barrier" in told.out
    assert "new N-H" in told.out
    assert (tmp_path / "drift.json").stat().st_mode & 0o077 == 0
    kept = json.loads((tmp_path / "drift.json").read_text(encoding="utf-8"))
    [labels] = [aspect for aspect in kept["aspects"] if aspect["verdict"] == "drifted"]
    assert labels["name"] == "labels"
    failed = hcplens(*asked, "--fail-on-drift")
    assert failed.code == 3
    assert "has drifted from notes.jsonl: labels" in failed.err


def test_calibration_needs_labels_of_both_periods(hcplens: Hcplens, world: Path) -> None:
    notes = world / "notes.jsonl"
    outcome = hcplens("eval", "drift", notes, notes, "--no-embeddings", "--old-labels", notes)
    assert outcome.code == 2
    assert "--new-labels" in outcome.err
    both = ("--old-labels", notes, "--new-labels", notes, "--format", "json")
    found = json.loads(hcplens("eval", "drift", notes, notes, "--no-embeddings", *both).out)
    assert found["aspects"][-1]["name"] == "calibration"


def test_json_is_never_written_over_the_notes(hcplens: Hcplens, world: Path) -> None:
    notes = world / "notes.jsonl"
    outcome = hcplens("eval", "drift", notes, notes, "--no-embeddings", "-o", notes)
    assert outcome.code == 2
    assert "would be written over the input" in outcome.err
