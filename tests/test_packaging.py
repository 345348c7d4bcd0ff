"""What is installed is what is here: packages, data files, and the wheel in an environment of its own."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import types
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hcplens import Run

ROOT = Path(__file__).parent.parent
SETUP: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
DATA_PATTERNS = [(package, pattern) for package, patterns in SETUP["package-data"].items() for pattern in patterns]
NOT_SOURCE = ("tests", "build", "dist", "out")


def folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def source_files(pattern: str) -> list[Path]:
    """Files below the root that are neither hidden nor made by a build."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob(pattern))
    return [
        path
        for path in found
        if path.parts[0] not in NOT_SOURCE and not any(part.startswith((".", "__pycache__")) for part in path.parts)
    ]


def test_the_packages_listed_are_the_folders_with_an_init() -> None:
    folders = {".".join(["hcplens", *path.parent.parts]) for path in source_files("__init__.py")}
    assert set(SETUP["packages"]) == folders
    assert len(SETUP["packages"]) == len(folders)


def test_the_data_files_are_those_listed_so_that_a_build_warns_of_no_folder_of_data() -> None:
    assert SETUP["include-package-data"] is False


@pytest.mark.parametrize("package", SETUP["packages"])
def test_all_tells_the_truth(package: str) -> None:
    module = importlib.import_module(package)
    names = getattr(module, "__all__", [])
    assert len(names) == len(set(names))
    assert [name for name in names if not hasattr(module, name)] == []
    if package == "hcplens":
        return
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and name != "annotations" and not isinstance(value, types.ModuleType)
    }
    assert public == set(names)


@pytest.mark.parametrize(
    ("package", "pattern"),
    [(package, pattern) for package, patterns in SETUP["package-data"].items() for pattern in patterns],
)
def test_every_data_pattern_matches_a_file(package: str, pattern: str) -> None:
    assert [path for path in folder_of(package).glob(pattern) if path.is_file()]


def test_every_data_file_is_covered_by_a_pattern() -> None:
    covered = {
        path.relative_to(ROOT) for package, pattern in DATA_PATTERNS for path in folder_of(package).glob(pattern)
    }
    inside = {package.split(".")[1] for package in SETUP["packages"] if package != "hcplens"}
    data = {path for path in source_files("*") if path.parts[0] in inside and (ROOT / path).is_file()}
    assert {path for path in data if path.suffix != ".py"} - covered == set()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the sources, so that nothing left in build/ gets into it."""
    source, target = tmp_path_factory.mktemp("source") / "hcplens", tmp_path_factory.mktemp("wheel")
    unwanted = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", *NOT_SOURCE)
    shutil.copytree(ROOT, source, ignore=unwanted)
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(source)]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = target.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in ("py.typed", "inference/sample/notes.jsonl", "inference/insights/model/weights.safetensors"):
        assert f"hcplens/{path}" in names
    assert "hcplens/prompts/taxonomies/hcp.yaml" in names
    assert [name for name in names if "tests" in Path(name).parts or Path(name).name.startswith("test_")] == []


def test_the_wheel_works_where_nothing_of_the_sources_is_seen(
    wheel: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    python = _environment_with(wheel, tmp_path / "env")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    variables = plain | {"COLUMNS": "300", "HCPLENS_CACHE": str(tmp_path_factory.getbasetemp() / "vectors")}

    def call(*command: str) -> str:
        done = subprocess.run(command, cwd=elsewhere, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    home = Path(call(str(python), "-c", "import hcplens; print(hcplens.__file__)").strip())
    assert home.is_relative_to(tmp_path / "env")
    shown = call(str(python.parent / "hcplens"), "demo", "-o", "X")
    assert (elsewhere / "X" / "manifest.json").is_file()
    statements = Run.open(elsewhere / "X").table("insights")
    assert [words for words in statements["evidence"].to_pylist() if f"“{words}”" in shown]


def _environment_with(wheel: Path, folder: Path) -> Path:
    """A new environment with the wheel; a path file, which runs no editable finder, lets it see the dependencies."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["--no-deps", "--no-index", "--disable-pip-version-check", "--quiet"]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", *options, "--force-reinstall"]
    done = subprocess.run([*pip, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return python
