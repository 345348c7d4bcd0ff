from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hcplens.errors import InputError
from hcplens.eval.cli import app
from hcplens.eval.metrics import SHARE, means
from hcplens.eval.results import ItemSet, Provenance, Result, measured, write_result

ITEMS = ItemSet("notes", tuple(f"N{i}" for i in range(40)), tuple(f"H{i}" for i in range(40)))


def put_result(folder: Path, day: int) -> Path:
    figure = measured("notes", "recall", SHARE, ITEMS, means([0.0, 1.0] * 20))
    provenance = Provenance("0.1.0", f"2026-03-0{day}T10:00:00+00:00", 1.0, {}, "heads", "ab", {})
    write_result(Result(provenance, (ITEMS,), (figure,)), folder)
    return folder


def run_report(*arguments: Path | str) -> str:
    done = CliRunner().invoke(app, ["report", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_results_become_one_page_and_the_command_says_where(tmp_path: Path) -> None:
    put_result(tmp_path / "a", 1)
    put_result(tmp_path / "b", 2)
    target = tmp_path / "report.html"
    said = run_report(tmp_path / "a", tmp_path / "b", "-o", target)
    assert said == f"2 results, the newest of 2026-03-02 10:00 UTC: the page lies in {target}\n"
    assert target.read_text(encoding="utf-8").count('class="earlier"') == 1


def test_a_folder_of_results_is_taken_whole_and_the_page_may_lie_beside_them(tmp_path: Path) -> None:
    put_result(tmp_path / "a", 1)
    put_result(tmp_path / "b", 2)
    assert "2 results" in run_report(tmp_path, "-o", tmp_path / "report.html")
    assert run_report(tmp_path / "a", "-o", tmp_path / "one.html").startswith("the result of 2026-03-01 10:00 UTC")


def test_a_page_is_never_written_into_a_result(tmp_path: Path) -> None:
    result = put_result(tmp_path / "a", 1)
    before = sorted(path.name for path in result.iterdir())
    for target in (result / "report.html", result / "result.json", result):
        with pytest.raises(InputError):
            run_report(result, "-o", target)
    assert sorted(path.name for path in result.iterdir()) == before


def test_a_folder_that_is_no_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"hold no result\.json"):
        run_report(tmp_path, "-o", tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_the_command_is_imported_without_what_it_works_with() -> None:
    heavy = "{'numpy', 'jinja2', 'pandas', 'scipy'}"
    code = f"import sys, hcplens.eval.commands.report; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
