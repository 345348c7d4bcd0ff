"""`hcplens catalogue` as a user types it, and `match` over what it publishes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from hcplens.cli import main
from hcplens.inference.demo import sample_folder

MODULE: dict[str, Any] = {
    "module_id": "M1",
    "brand": "Zelvanta",
    "title": "Once daily",
    "text": "One tablet a day.",
    "status": "approved",
    "claims": [{"claim_id": "C1", "text": "One tablet a day", "status": "approved"}],
    "approved_at": "2026-01-01",
    "expires_at": "2027-12-31",
    "countries": ["US"],
    "language": "en",
    "channels": ["email"],
    "audiences": ["cardiology"],
}


@pytest.fixture(autouse=True)
def _shared_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))


def hcplens(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def modules_file(folder: Path, *modules: dict[str, Any]) -> Path:
    path = folder / "modules.jsonl"
    path.write_text("\n".join(map(json.dumps, modules)), encoding="utf-8")
    return path


def test_a_sound_catalogue_is_told_and_exits_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = modules_file(tmp_path, MODULE)
    assert hcplens(monkeypatch, "catalogue", "check", path, "--as-of", "2026-09-30") == 0
    assert capsys.readouterr().out.strip() == "1 module, 0 errors and 0 warnings as of 2026-09-30"


def test_errors_are_told_all_as_json_and_csv_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = modules_file(tmp_path, {**MODULE, "countries": ["Mars"], "channels": ["fax"]}, {"module_id": "M2"})
    call = ("catalogue", "check", path, "--as-of", "2028-01-01", "--format")
    assert hcplens(monkeypatch, *call, "json") == 2
    shown = capsys.readouterr()
    problems = json.loads(shown.out)
    assert [problem["code"] for problem in problems] == [
        "expired",
        "unknown_country",
        "unknown_channel",
        *["unreadable"] * 4,
    ]
    assert "1 module, 7 errors" in shown.err
    assert hcplens(monkeypatch, *call, "csv") == 2
    assert len(list(csv.DictReader(io.StringIO(capsys.readouterr().out)))) == 7


def test_warnings_alone_exit_0_and_the_settings_say_what_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = modules_file(tmp_path, {**MODULE, "status": "released"})
    assert hcplens(monkeypatch, "catalogue", "check", path, "--as-of", "2028-01-01") == 0
    settings = tmp_path / "mine.yaml"
    settings.write_text("approved_statuses: [released, approved]\n", encoding="utf-8")
    call = ("catalogue", "check", path, "--as-of", "2028-01-01", "--eligibility", settings)
    assert hcplens(monkeypatch, *call) == 2


def test_match_over_an_indexed_catalogue_says_what_match_over_its_source_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with sample_folder() as sample:
        for name in ("notes.jsonl", "hcps.csv", "consents.csv", "content_events.csv", "modules.jsonl"):
            shutil.copy(sample / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    lines = (tmp_path / "notes.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "few.jsonl").write_text("\n".join(lines[:12]), encoding="utf-8")
    tables = ("--hcps", "hcps.csv", "--consents", "consents.csv", "--events", "content_events.csv")
    assert hcplens(monkeypatch, "run", "--notes", "few.jsonl", *tables, "-o", "run", "-q") == 0
    assert hcplens(monkeypatch, "catalogue", "index", "modules.jsonl", "-o", "indexed") == 0
    assert "72 of 72 modules embedded" in capsys.readouterr().err
    assert hcplens(monkeypatch, "catalogue", "index", "modules.jsonl", "-o", "indexed") == 0
    assert "0 of 72 modules embedded" in capsys.readouterr().err
    match = ("match", "run", "--format", "json", "-q", "--as-of", "2026-09-30", "--modules")
    assert hcplens(monkeypatch, *match, "modules.jsonl") == 0
    expected = capsys.readouterr().out
    assert hcplens(monkeypatch, *match, "indexed") == 0
    assert capsys.readouterr().out == expected
    shown = [module for answer in json.loads(expected) for module in answer["modules"]]
    assert shown
    (tmp_path / "none.yaml").write_text(
        f"rules: [{{block: {{module.module_id: {shown[0]['module_id']}}}, reason: recalled}}]", encoding="utf-8"
    )
    assert hcplens(monkeypatch, *match, "indexed", "--eligibility", "none.yaml") == 0
    answers = json.loads(capsys.readouterr().out)
    assert shown[0]["module_id"] not in {module["module_id"] for answer in answers for module in answer["modules"]}


def test_a_catalogue_of_which_too_much_is_bad_is_not_published_unless_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [{"module_id": f"B{number}", "title": "No brand"} for number in range(5)]
    path = modules_file(tmp_path, MODULE, {**MODULE, "module_id": "M2"}, *bad)
    index = ("catalogue", "index", path, "-o", tmp_path / "indexed")
    assert hcplens(monkeypatch, *index) == 2
    told = capsys.readouterr().err
    assert "5 of 7 rows rejected (71.4%; 1.0% are allowed)" in told
    assert "modules.jsonl row 3 (B0), brand is missing" in told
    assert "and 2 more" in told
    assert not (tmp_path / "indexed").exists()
    assert hcplens(monkeypatch, *index, "--max-rejects", "0.715") == 0
    assert "5 not used" in capsys.readouterr().err
