"""What the README promises: its commands run, its code runs, its tables and links are true."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hcplens.cli import app, main
from hcplens.eval.comparison import Gates
from hcplens.eval.results import read_result
from hcplens.inference.demo import sample_folder
from hcplens.inference.records import TABLES, ColumnMap
from hcplens.prompts import SurveyMap, Taxonomy

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
INDENTED = re.findall(r"(?:^    \S.*\n(?:^    .*\n)*)+", README, flags=re.MULTILINE)
COMMANDS = [
    line.strip()
    for block in INDENTED
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip().startswith("hcplens ")
]


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of a reader who has data under the names of the README."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
    with sample_folder() as sample:
        for name in ("surveys.csv", "hcps.csv", "consents.csv", "labels.csv", "dispositions.csv", "modules.jsonl"):
            shutil.copy(sample / name, tmp_path / name)
        shutil.copy(sample / "content_events.csv", tmp_path / "events.csv")
        notes = [json.loads(line) for line in (sample / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
    with (tmp_path / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=sorted({name for note in notes for name in note}))
        writer.writeheader()
        writer.writerows(notes)
    return tmp_path


def test_the_commands_run_in_their_order(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert COMMANDS
    for command in COMMANDS:
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with pytest.raises(SystemExit) as stopped:
            main()
        assert not stopped.value.code, command
    known = {figure.key for figure in read_result(data / "results" / "first").figures}
    gates = Gates.load(written(next(text for text in fenced("yaml") if "minimum:" in text), data))
    assert {*gates.minimum, *gates.maximum, *gates.require} <= known


def written(text: str, folder: Path) -> Path:
    file = folder / "read.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("code", fenced("python"))
def test_the_python_runs(code: str, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("text", fenced("yaml"))
def test_the_yaml_is_a_column_map_a_survey_map_or_gates(text: str, tmp_path: Path) -> None:
    file = written(text, tmp_path)
    if "questions:" in text:
        SurveyMap.load(file).require_topics(Taxonomy.default().ids)
    else:
        assert ColumnMap.load(file).tables if "tables:" in text else Gates.load(file).minimum


def test_every_command_and_option_named_exists() -> None:
    known = commands(typer.main.get_command(app))
    named = [name_and_rest(shown, known) for shown in re.findall(r"`hcplens ([a-z][^`]*)`", README)]
    for command, rest in named:
        options = {option for parameter in known[command].params for option in parameter.opts}
        assert set(re.findall(r"(?<![\w-])--?[a-z-]+", rest)) <= options | {"--help"}, command
    assert set(known) == {command for command, _ in named}


def commands(group: Any) -> dict[str, Any]:
    """Every command by its whole name, such as `eval run`."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = commands(command) if hasattr(command, "commands") else None
        found |= {name: command} if inner is None else {f"{name} {child}": leaf for child, leaf in inner.items()}
    return found


def name_and_rest(shown: str, known: dict[str, Any]) -> tuple[str, str]:
    words = shown.split()
    name = words[0] if words[0] in known else " ".join(words[:2])
    assert name in known, shown
    return name, shown.removeprefix(name)


def test_the_table_of_columns_is_the_schema() -> None:
    for name, spec in TABLES.items():
        shown = re.search(rf"^\| {'events' if name == 'content_events' else name} \| (.*) \|$", README, re.MULTILINE)
        if name == "rep_assignments":
            assert shown is None
            continue
        assert shown, name
        columns = re.sub(r" \([^)]*\)", "", shown[1]).split(", ")
        assert set(columns) == {f"{column.name}*" if column.required else column.name for column in spec.columns}, name


def test_every_link_and_make_target_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^    |`)make ([a-z]+)", README, re.MULTILINE)) <= targets
