"""Pages and portfolios through the command line."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from hcplens.cli import main

NOTES = [
    {"note_id": "N1", "hcp_id": "H1", "date": "2026-03-14", "text": "", "brand": "Dermiqo", "objection": "Coverage"},
    {"note_id": "N2", "hcp_id": "H1", "date": "2026-04-14", "text": "", "brand": "Zelvanta", "objection": "Coverage"},
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    notes, hcps = tmp_path / "notes.jsonl", tmp_path / "hcps.csv"
    notes.write_text("".join(json.dumps(row) + "\n" for row in NOTES), encoding="utf-8")
    hcps.write_text("hcp_id,name,specialty\nH1,Dr. Marian Okafor,cardiology\nNEW,Dr. Priya Rao,cardiology\n")
    folder = tmp_path / "run"
    called(monkeypatch, "run", "--notes", notes, "--hcps", hcps, "-o", folder, "--quiet")
    return folder


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code


def test_inspect_writes_one_html_file_for_its_owner_only(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "deep" / "page.html"
    called(monkeypatch, "inspect", run, "--hcp", "H1", "--format", "html", "-o", target)
    assert capsys.readouterr().out == ""
    assert target.stat().st_mode & 0o077 == 0
    html = target.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert "Dr. Marian Okafor (H1)" in html
    called(monkeypatch, "inspect", run, "--hcp", "H1", "--format", "html")
    assert capsys.readouterr().out == html


def test_inspect_of_who_is_only_listed_shows_the_segments_view(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(monkeypatch, "inspect", run, "--hcp", "NEW", "--brand", "Dermiqo", "--format", "json")
    [item] = json.loads(capsys.readouterr().out)
    assert (item["known"], item["barriers"][0]["topic"]) == ("segment", "coverage")
    called(monkeypatch, "inspect", run, "--hcp", "NEW")
    assert "Nothing is known of this physician" in capsys.readouterr().out


def test_portfolio_has_three_shapes(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(monkeypatch, "portfolio", run, "--hcp", "H1", "--format", "json")
    [item] = json.loads(capsys.readouterr().out)
    assert item["shared"]["barriers"] == [{"topic": "coverage", "brands": ["Dermiqo", "Zelvanta"]}]
    called(monkeypatch, "portfolio", run, "--format", "csv", "-o", tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        assert [row["brand"] for row in csv.DictReader(file)] == ["Dermiqo", "Zelvanta"]
    called(monkeypatch, "portfolio", run)
    assert "Shared barriers: coverage (Dermiqo, Zelvanta)" in capsys.readouterr().out
