"""Killed at any moment, the last run stands, and the next one is what it would have been."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens import InsightModel, Run
from hcplens.inference.demo import sample_folder
from hcplens.inference.pipeline import run_files
from hcplens.inference.progress import QuietReporter
from hcplens.inference.run_plan import RunPlan

FEW = 12
Files = dict[str, Path]
Rows = dict[str, list[dict[str, Any]]]
Reached = Callable[["subprocess.Popen[str]", Path], None]


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of what was read, which all tests of the session share."""
    return tmp_path_factory.getbasetemp() / "vectors"


@pytest.fixture(scope="module")
def sample() -> Files:
    with sample_folder() as folder:
        names = {name: f"{name}.csv" for name in ("surveys", "content_events", "hcps", "consents")}
        return {name: folder / file for name, file in (names | {"notes": "notes.jsonl"}).items()}


@pytest.fixture(scope="module")
def few(sample: Files, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Twelve notes of the sample and its surveys."""
    notes = tmp_path_factory.mktemp("few") / "notes.jsonl"
    lines = sample["notes"].read_text(encoding="utf-8").splitlines(keepends=True)
    notes.write_text("".join(lines[:FEW]), encoding="utf-8")
    return {"notes": notes, "surveys": sample["surveys"]}


def run(files: Files, target: Path, vectors: Path) -> Path:
    """A run in this process, to its end."""
    model = InsightModel.named(None, cache_folder=vectors)
    return run_files(files, RunPlan(model, model.taxonomy), target, QuietReporter()).folder


def start(files: Files, target: Path, vectors: Path) -> subprocess.Popen[str]:
    """A run in a process of its own, which says on standard error how far it is."""
    options = {name.replace("content_", ""): path for name, path in files.items()}
    named = [part for name, path in options.items() for part in (f"--{name}", str(path))]
    return subprocess.Popen(
        [sys.executable, "-m", "hcplens", "run", *named, "-o", str(target), "--json-logs"],
        env=os.environ | {"HCPLENS_CACHE": str(vectors)},
        stderr=subprocess.PIPE,
        text=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def tables(folder: Path) -> Rows:
    """Every table of a run, each checked against its digest in the manifest."""
    opened = Run.open(folder)
    names = [name.removesuffix(".parquet") for name in opened.manifest.files if name.endswith(".parquet")]
    assert len(names) >= 10
    assert {*opened.manifest.files, "manifest.json"} == {path.name for path in folder.iterdir()}
    return {name: opened.table(name).to_pylist() for name in names}


def assert_same(one: Any, other: Any, where: str = "") -> None:
    """The same rows and labels; numbers that are not whole to 0.01."""
    if isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, abs=0.01), where
    elif isinstance(one, dict):
        assert list(one) == list(other), where
        for name in one:
            assert_same(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{where}[{index}]")
    else:
        assert one == other, where


@pytest.fixture(scope="module")
def first(few: Files, vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run published before anything is killed."""
    return run(few, tmp_path_factory.mktemp("first") / "run", vectors)


@pytest.fixture(scope="module")
def uninterrupted(sample: Files, vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(sample, tmp_path_factory.mktemp("uninterrupted") / "run", vectors)


def stage_started(stage: str) -> Reached:
    """Wait for the line that says that a stage has started."""

    def wait(process: subprocess.Popen[str], target: Path) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            record = json.loads(line)
            if (record["event"], record.get("stage")) == ("started", stage):
                return
        pytest.fail(f"the run ended before the stage {stage}")

    return wait


def file_appeared(name: str) -> Reached:
    """Wait for a file of the folder that is being written, or for the end of the process."""

    def wait(process: subprocess.Popen[str], target: Path) -> None:
        file = target.with_name(f".{target.name}.partial") / name
        while not file.exists() and process.poll() is None:
            pass

    return wait


@pytest.mark.parametrize(
    "reached",
    [stage_started("notes"), stage_started("profiles"), file_appeared(""), file_appeared("taxonomy.json")],
    ids=["reading notes", "profiling", "writing the first file", "writing the last file"],
)
def test_a_killed_run_leaves_a_whole_one_and_the_next_is_what_it_would_have_been(
    reached: Reached, sample: Files, vectors: Path, first: Path, uninterrupted: Path, tmp_path: Path
) -> None:
    target = tmp_path / "run"
    shutil.copytree(first, target)
    process = start(sample, target, vectors)
    reached(process, target)
    kill(process)
    left = tables(target)
    assert_same(left, tables(first if len(left["raw_notes"]) == FEW else uninterrupted))
    run(sample, target, vectors)
    assert_same(tables(target), tables(uninterrupted))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_killed_before_all_it_read_was_kept_resumes_to_the_same(few: Files, first: Path, tmp_path: Path) -> None:
    target, cold = tmp_path / "run", tmp_path / "cold"
    process = start(few, target, cold)
    stage_started("surveys")(process, target)
    kill(process)
    assert process.returncode == -signal.SIGKILL
    assert not target.exists()
    run(few, target, cold)
    assert_same(tables(target), tables(first))


def test_the_same_input_gives_the_same_files(sample: Files, vectors: Path, uninterrupted: Path, tmp_path: Path) -> None:
    again = Run.open(run(sample, tmp_path / "run", vectors)).manifest
    before = Run.open(uninterrupted).manifest
    assert again.files == before.files
    changed = {"started_at", "finished_at"}
    assert again.model_dump(exclude=changed) == before.model_dump(exclude=changed)
