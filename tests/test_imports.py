"""The first import and `--help` stay light; names come when they are asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hcplens

ROOT = Path(__file__).parent.parent
HEAVY = ["torch", "pandas", "pyarrow", "sklearn", "scipy", "transformers", "sentence_transformers", "faiss", "numpy"]


def heavy_imports_of(program: str, folder: Path) -> str:
    """The heavy packages that a program has imported by its end."""
    told = f"import sys; sys.stderr.write(','.join(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{told}"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["flags", "list", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    program = (
        f"import sys\nsys.argv = {['hcplens', *arguments]}\nfrom hcplens.cli import main\n"
        "try:\n    main()\nexcept SystemExit as e:\n    assert not e.code, e.code"
    )
    assert heavy_imports_of(program, tmp_path) == ""


def test_the_first_import_imports_nothing_heavy(tmp_path: Path) -> None:
    assert heavy_imports_of("import hcplens; hcplens.__version__; dir(hcplens)", tmp_path) == ""


def test_the_errors_import_nothing_heavy(tmp_path: Path) -> None:
    assert heavy_imports_of("from hcplens import HcplensError, InputError", tmp_path) == ""


def test_inspecting_needs_no_model(tmp_path: Path) -> None:
    heavy = heavy_imports_of("from hcplens import Run, inspect_run, Taxonomy; Taxonomy.default()", tmp_path)
    assert not {"torch", "transformers", "sentence_transformers", "sklearn", "faiss"} & set(heavy.split(","))


def test_annotating_imports_no_tools_of_training(tmp_path: Path) -> None:
    heavy = heavy_imports_of("import hcplens.inference.annotating", tmp_path)
    assert not {"torch", "pandas", "transformers", "sentence_transformers", "sklearn", "faiss"} & set(heavy.split(","))


def test_every_public_name_comes_from_its_home() -> None:
    assert set(hcplens.__all__) == {*hcplens._HOMES, "__version__"}
    for name in hcplens.__all__:
        assert getattr(hcplens, name) is not None
        assert name in dir(hcplens)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'hcplens' has no attribute 'Annotater'"):
        hcplens.Annotater  # noqa: B018


def test_the_library_imports_itself_relatively() -> None:
    """An absolute import would leave type checkers blind, and a bare one would make a second copy of every class."""
    own = {"hcplens", "embeddings", "prompts", "inference", "eval"}
    for package in ("embeddings", "prompts", "inference", "eval"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
                assert own.isdisjoint(name.split(".")[0] for name in names), f"{file}:{node}"
