"""Compare and gate through the command line, with real exit codes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hcplens.cli import main
from hcplens.eval.metrics import SHARE, means
from hcplens.eval.results import Example, ItemSet, Mark, Provenance, Result, measured, write_result


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Hcplens = Callable[..., Outcome]
TEXT = "Coverage is the problem, she says."


@pytest.fixture
def hcplens(monkeypatch: pytest.MonkeyPatch) -> Hcplens:
    """The command line in this process."""

    def call(*arguments: object) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stopped:
            main()
        return Outcome(int(stopped.value.code or 0), out.getvalue(), err.getvalue())

    return call


def result(right: int) -> Result:
    """Forty notes of twenty physicians, the first `right` of them right."""
    items = ItemSet("notes", tuple(f"N{n:02}" for n in range(40)), tuple(f"H{n // 2:02}" for n in range(40)))
    figure = measured("notes", "accuracy", SHARE, items, means([1.0] * right + [0.0] * (40 - right)))
    examples = tuple(
        Example("notes", f"N{n:02}", f"H{n // 2:02}", TEXT, (Mark(0, 8, "coverage", "hit" if n < right else "missed"),))
        for n in range(40)
    )
    provenance = Provenance("0.2.0", "2026-10-01", 1.0, {"notes.jsonl": "a" * 64}, "heads", "e", {})
    return Result(provenance, (items,), (figure,), examples=examples)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_result(result(30), tmp_path / "old")
    return tmp_path / "old"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    write_result(result(10), tmp_path / "new")
    return tmp_path / "new"


def gates(tmp_path: Path, text: str, name: str = "gates.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_compare_prints_figures_and_flips(hcplens: Hcplens, old: Path, new: Path) -> None:
    outcome = hcplens("eval", "compare", old, new)
    assert outcome.code == 0
    for told in ("0.750", "0.250", "−0.500", "worse", "0 better, 20 worse, of 40", "N10: worse, 1.000 → 0.000"):
        assert told in outcome.out
    assert "missed: coverage “Coverage”" in outcome.out


def test_compare_writes_json_with_every_flip_side_by_side(
    hcplens: Hcplens, old: Path, new: Path, tmp_path: Path
) -> None:
    outcome = hcplens("eval", "compare", old, new, "--format", "json", "-o", tmp_path / "comparison.json")
    record = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert (outcome.code, outcome.out) == (0, "")
    assert record["figures"][0]["verdict"] == "worse"
    [flips] = record["flips"]
    assert len(flips["flips"]) == flips["worse"] == 20
    assert [flips["flips"][0][side]["marks"][0]["outcome"] for side in ("old_example", "new_example")] == [
        "hit",
        "missed",
    ]


def test_the_page_can_be_written_to_a_file(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    assert hcplens("eval", "compare", old, new, "-o", tmp_path / "page.txt").code == 0
    page = (tmp_path / "page.txt").read_text(encoding="utf-8")
    assert "worse" in page
    assert "\x1b" not in page


def test_a_missed_gate_exits_3_and_says_which(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {default: 0.02}\nminimum: {notes/accuracy: 0.2}")
    outcome = hcplens("eval", "compare", old, new, "--gates", asked)
    assert outcome.code == 3
    assert outcome.err.startswith("hcplens: 1 of 2 gates missed:\n  notes/accuracy became worse by 0.500")
    assert "excludes what is allowed" in outcome.err
    assert "passed: notes/accuracy is 0.250, at least 0.200" in " ".join(outcome.out.split())


def test_json_tells_the_gates_too_and_still_exits_3(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {default: 0.02}")
    outcome = hcplens("eval", "compare", old, new, "--gates", asked, "--format", "json")
    assert outcome.code == 3
    [gate] = json.loads(outcome.out)["gates"]
    assert (gate["kind"], gate["key"], gate["passed"]) == ("regression", "notes/accuracy", False)


def test_passed_gates_exit_0_and_say_so(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {default: 0.02}\nminimum: {notes/accuracy: 0.7}")
    outcome = hcplens("eval", "compare", new, old, "--gates", asked)
    assert outcome.code == 0
    assert "All 2 gates passed" in outcome.out


def test_gate_holds_one_result_against_its_gates(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {default: 0.02}\nminimum: {notes/accuracy: 0.7}")
    alone = hcplens("eval", "gate", old, "--gates", gates(tmp_path, "minimum: {notes/accuracy: 0.7}", "alone.yaml"))
    assert alone.code == 0
    assert "The one gate passed" in alone.out
    missed = hcplens("eval", "gate", new, "--gates", asked, "--against", old)
    assert missed.code == 3
    assert "2 of 2 gates missed" in missed.err


def test_regression_gates_need_an_old_result(hcplens: Hcplens, old: Path, tmp_path: Path) -> None:
    outcome = hcplens("eval", "gate", old, "--gates", gates(tmp_path, "regression: {default: 0.02}"))
    assert outcome.code == 2
    assert "--against" in outcome.err


def test_run_asks_for_the_old_result_before_it_measures(hcplens: Hcplens, old: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "regression: {default: 0.02}")
    nothing = ("eval", "run", "notes", "--data", tmp_path / "none", "-o", tmp_path / "new")
    for more, told in (
        (("--gates", asked), "--against"),
        (("--gates", asked, "--against", tmp_path / "none"), "holds no result.json"),
        (("--against", old), "name the gates too"),
    ):
        outcome = hcplens(*nothing, *more)
        assert outcome.code == 2
        assert told in outcome.err
        assert "does not exist: name a folder" not in outcome.err


def test_run_holds_what_it_measured_against_the_old_result(hcplens: Hcplens, tmp_path: Path) -> None:
    run = ("eval", "run", "channels", "--quiet", "-o")
    assert hcplens(*run, tmp_path / "old").code == 0
    asked = gates(tmp_path, "regression: {default: 0}")
    outcome = hcplens(*run, tmp_path / "new", "--gates", asked, "--against", tmp_path / "old")
    assert outcome.code == 0
    assert "did not become worse" in " ".join(outcome.out.split())


def test_bad_input_exits_2_and_says_what(hcplens: Hcplens, old: Path, new: Path, tmp_path: Path) -> None:
    asked = gates(tmp_path, "minimum: {notes/acuracy: 0.7}")
    unknown = hcplens("eval", "gate", old, "--gates", asked)
    assert unknown.code == 2
    assert "near it: 'notes/accuracy'" in unknown.err
    missing = hcplens("eval", "compare", tmp_path / "none", new)
    assert missing.code == 2
    assert "holds no result.json" in missing.err
    items = replace(result(30).item_sets[0], ids=tuple(f"M{n}" for n in range(40)))
    write_result(replace(result(30), item_sets=(items,)), tmp_path / "strangers")
    strangers = hcplens("eval", "compare", old, tmp_path / "strangers")
    assert strangers.code == 2
    assert "no item in common" in strangers.err
    assert hcplens("eval", "compare", old, new, "-o", tmp_path).code == 2
