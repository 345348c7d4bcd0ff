from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest

from hcplens.cli import main


def hcplens(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["hcplens", "eval", *map(str, arguments)])
        patch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as stopped:
            main()
    return int(stopped.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "units.csv"
    rows = "".join(f"H{n:03},R{n % 40:02},{'DE' if n % 40 < 20 else 'FR'}\n" for n in range(400))
    path.write_text("hcp_id,rep_id,country\n" + rows)
    return path


def design(units: Path, plan: Path, *more: object) -> tuple[int, str, str]:
    by_rep = ("--cluster", "rep_id", "--stratify", "country", "--icc", 0.05, "--baseline-rate", 0.3)
    return hcplens("design", units, "-o", plan, *by_rep, "--arm", "control", "--arm", "email", *more)


def outcomes(plan: Path, table: Path, gain: float) -> None:
    """What each unit did, drawn at random (synthetic)."""
    random = np.random.default_rng(8)
    with (plan / "assignment.csv").open(newline="") as file, table.open("w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["hcp_id", "arm", "seen", "before", "country"])
        for row in csv.DictReader(file):
            before = random.normal()
            seen = int(random.random() < 0.3 + 0.2 * before + gain * (row["arm"] == "email"))
            writer.writerow([row["unit"], row["arm"], seen, f"{before:.4f}", row["stratum"][-2:]])


def test_an_experiment_is_designed_run_and_read_out(units: Path, tmp_path: Path) -> None:
    plan, table, result = tmp_path / "plan", tmp_path / "table.csv", tmp_path / "out" / "readout.json"
    code, out, err = design(units, plan, "--effect", 0.25, "--hold-out", 0.1)
    assert (code, err) == (0, "")
    assert "hold_out" in out
    assert "design effect 1.45" in " ".join(out.split())
    outcomes(plan, table, gain=0.3)
    code, out, err = hcplens(
        *("readout", table, "--plan", plan, "--arm-column", "arm", "--control", "control", "--outcome", "seen"),
        *("--covariate", "before", "--subgroup", "country", "-o", result),
    )
    assert (code, err) == (0, "")
    assert "email raises seen (+" in out
    assert "narrower" in out
    assert "by country; does it differ" in out
    record = json.loads(result.read_text(encoding="utf-8"))
    assert record["cluster"] == "rep_id"
    assert record["effects"][0]["plain"]["estimate"]["clusters"] == 36


def test_the_plan_is_the_same_whenever_it_is_made(units: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert design(units, tmp_path / folder, "--name", "spring")[0] == 0
    for name in ("plan.json", "assignment.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_folder_names_the_experiment_unless_it_has_a_name(units: Path, tmp_path: Path) -> None:
    assert design(units, tmp_path / "spring")[0] == 0
    assert design(units, tmp_path / "autumn")[0] == 0
    assert design(units, tmp_path / "again", "--name", "spring")[0] == 0
    spring, autumn, again = (
        (tmp_path / folder / "assignment.csv").read_bytes() for folder in ("spring", "autumn", "again")
    )
    assert spring == again != autumn
    assert json.loads((tmp_path / "autumn" / "plan.json").read_text())["name"] == "autumn"


def test_a_plan_takes_the_place_of_nothing(units: Path, tmp_path: Path) -> None:
    assert design(units, tmp_path / "plan")[0] == 0
    before = (tmp_path / "plan" / "assignment.csv").read_bytes()
    code, _, err = design(units, tmp_path / "plan", "--seed", 8)
    assert code == 2
    assert "holds the plan of an experiment" in err
    assert (tmp_path / "plan" / "assignment.csv").read_bytes() == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    code, _, err = design(units, tmp_path / "mine")
    assert code == 2
    assert "hcplens did not make it" in err


def test_names_in_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("arm,seen\n" + "".join(f"[bold]{'ab'[n % 2]},{n % 3}\n" for n in range(40)))
    code, out, _ = hcplens("readout", table, "--arm-column", "arm", "--control", "[bold]a", "--outcome", "seen")
    assert code == 0
    assert "seen: difference from [bold]a, 95% intervals" in out


def test_wrong_input_ends_with_two_and_one_plain_sentence(units: Path, tmp_path: Path) -> None:
    code, out, err = hcplens("readout", units, "--arm-column", "arm", "--control", "a", "--outcome", "seen")
    assert (code, out) == (2, "")
    assert err.startswith("hcplens: ")
    assert "no column 'arm'" in err
    code, _, err = hcplens("design", units, "-o", tmp_path / "plan", "--arm", "only")
    assert code == 2
    assert "at least two arms" in err
    assert not (tmp_path / "plan").exists()


def test_a_result_never_takes_the_place_of_the_table(units: Path) -> None:
    code, _, err = hcplens(
        "readout", units, "--arm-column", "country", "--control", "DE", "--outcome", "rep_id", "-o", units
    )
    assert code == 2
    assert "would be written over the input" in err
