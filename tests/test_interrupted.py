"""Killed at any moment, the last run stands, and the next one is what it would have been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens import Run
from hcplens.inference.demo import sample_folder

Reached = Callable[[subprocess.Popen[str], Path], None]


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "vectors"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files of the sample by option; `first` is a smaller set of notes, for the run that is there before."""
    with sample_folder() as folder:
        files = {name: folder / f"{name}.csv" for name in ("surveys", "hcps", "consents")}
        files |= {"notes": folder / "notes.jsonl", "events": folder / "content_events.csv"}
        first = tmp_path_factory.mktemp("first") / "notes.jsonl"
        lines = files["notes"].read_text(encoding="utf-8").splitlines(keepends=True)
        first.write_text("".join(lines[:12]), encoding="utf-8")
        return files | {"first": first}


def start(files: dict[str, Path], target: Path, cache: Path) -> subprocess.Popen[str]:
    named = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    return subprocess.Popen(
        [sys.executable, "-m", "hcplens", "run", *named, "-o", str(target), "--json-logs"],
        env=os.environ | {"HCPLENS_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate()
    assert process.returncode == 0, errors


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def whole(files: dict[str, Path]) -> dict[str, Path]:
    return {name: path for name, path in files.items() if name != "first"}


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table of a run, each checked against its digest in the manifest."""
    run = Run.open(folder)
    names = [name.removesuffix(".parquet") for name in run.manifest.files if name.endswith(".parquet")]
    assert len(names) >= 10
    assert {*run.manifest.files, "manifest.json"} == {path.name for path in folder.iterdir()}
    return {name: run.table(name).to_pylist() for name in names}


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
def uninterrupted(
    sample: dict[str, Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    target = tmp_path_factory.mktemp("uninterrupted") / "run"
    finish(start(whole(sample), target, vectors))
    return tables(target)


@pytest.fixture(scope="module")
def first(sample: dict[str, Path], vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run published before anything is killed."""
    target = tmp_path_factory.mktemp("published") / "run"
    finish(start({"notes": sample["first"]}, target, vectors))
    return target


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
    ids=["reading notes", "profiling", "the first file", "the last file"],
)
def test_a_killed_run_leaves_the_last_one_and_the_next_one_is_whole(
    reached: Reached,
    sample: dict[str, Path],
    vectors: Path,
    first: Path,
    uninterrupted: dict[str, list[dict[str, Any]]],
    tmp_path: Path,
) -> None:
    target = tmp_path / "run"
    finish(start({"notes": sample["first"]}, target, vectors))
    before = tables(target)
    process = start(whole(sample), target, vectors)
    reached(process, target)
    kill(process)
    after = tables(target)
    assert_same(after, before if process.returncode == -signal.SIGKILL and len(after["raw_notes"]) == 12 else uninterrupted)
    finish(start(whole(sample), target, vectors))
    assert_same(tables(target), uninterrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
