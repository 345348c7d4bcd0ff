"""`hcplens tune-llm` and `--llm-adapter`, with a tiny model of this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.prompts import AdapterCard

GOLD = Path(__file__).parent.parent / "eval" / "gold"
Hcplens = Callable[..., Any]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twenty notes of one brand of the corpus to learn from, and ten of another to fit on."""
    folder = tmp_path_factory.mktemp("notes")
    files = []
    for brand, count in (("cardelia", 20), ("hemacora", 10)):
        lines = (GOLD / "corpus" / f"{brand}.jsonl").read_text(encoding="utf-8").splitlines()[:count]
        files.append(folder / f"{brand}.jsonl")
        files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return files[0], files[1]


@pytest.fixture(scope="module")
def tuned(
    hcplens: Hcplens, notes: tuple[Path, Path], tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("tuned") / "adapter"
    return folder, hcplens("tune-llm", notes[0], "--llm-model", tiny_folder, "-o", folder, "--llm-questions", 32)


def test_it_learns_from_notes_and_tells_what_it_came_to(tuned: tuple[Path, Any], tiny_folder: Path) -> None:
    folder, done = tuned
    assert done.code == 0, done.err
    card = AdapterCard.load(folder)
    assert f"{tiny_folder.name} learned 32 questions of {len(card.learned_from)} notes" in " ".join(done.err.split())
    assert "loss of the first tenth of the questions" in done.err
    assert (card.prompts, card.lessons) == (("confirm v1",), 32)


def test_a_fit_and_an_annotation_take_the_adapter(
    tuned: tuple[Path, Any], hcplens: Hcplens, notes: tuple[Path, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    fit, out = tmp_path / "fit.json", tmp_path / "out.jsonl"
    asking = ("--llm-model", tiny_folder, "--llm-adapter", tuned[0])
    assert hcplens("fit-llm", notes[1], *asking, "-o", fit).code == 0
    assert json.loads(fit.read_text())["fitted_for"]["language_model"] == f"{tiny_folder.name}+adapter"
    done = hcplens("annotate", notes[1], "-o", out, "--llm", "adjudicate", *asking, "--llm-fit", fit)
    assert done.code == 0, done.err
    assert ", 0 failed" in done.err
    plain = hcplens(
        "annotate", notes[1], "-o", out, "--llm", "adjudicate", "--llm-model", tiny_folder, "--llm-fit", fit
    )
    assert plain.code == 2
    assert "fitted for the language model" in plain.err


def test_a_fit_tells_of_notes_that_the_adapter_learned(
    tuned: tuple[Path, Any], hcplens: Hcplens, notes: tuple[Path, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    count = len(AdapterCard.load(tuned[0]).learned_from)
    asking = ("--llm-model", tiny_folder, "--llm-adapter", tuned[0])
    done = hcplens("fit-llm", notes[0], *asking, "-o", tmp_path / "fit.json")
    assert f"the adapter was tuned on {count} of 20 notes" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--llm", "all", "--llm-model", "x.gguf"], "is tuned for --llm adjudicate: with it a model can do no all"),
        (["--llm", "extract", "--llm-model", "x.gguf"], "can do no extract"),
        (["--llm", "adjudicate", "--llm-model", "http://127.0.0.1:9/v1"], "--llm-adapter is for a model of this"),
        (["--llm", "adjudicate", "--llm-model", "{tiny}"], "holds no adapter.json"),
        ([], "need --llm adjudicate, extract or all"),
    ],
)
def test_an_adapter_that_does_not_go_with_the_rest_is_told(
    options: list[str], why: str, hcplens: Hcplens, notes: tuple[Path, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    told = [option.format(tiny=tiny_folder) for option in options]
    done = hcplens("annotate", notes[1], "-o", tmp_path / "out.jsonl", *told, "--llm-adapter", tmp_path)
    assert done.code == 2
    assert why in " ".join(done.err.split())


def test_what_cannot_be_tuned_is_told_before_the_work(
    hcplens: Hcplens, notes: tuple[Path, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    taken = hcplens("tune-llm", notes[0], "--llm-model", tiny_folder, "-o", tmp_path)
    absent = hcplens("tune-llm", notes[0], "--llm-model", tmp_path / "absent.gguf", "-o", tmp_path / "new")
    silent = tmp_path / "silent.jsonl"
    silent.write_text(json.dumps({"note_id": "N1", "hcp_id": "H1", "text": "Er hat Angst vor den Nebenwirkungen."}))
    nothing = hcplens("tune-llm", silent, "--llm-model", tiny_folder, "-o", tmp_path / "new")
    assert [each.code for each in (taken, absent, nothing)] == [2, 2, 2]
    assert "hcplens did not make it" in taken.err
    assert "is no language model" in " ".join(absent.err.split())
    assert "no label of theirs can be asked about" in " ".join(nothing.err.split())
    assert not (tmp_path / "new").exists()


def test_the_help_tells_what_it_is_for(hcplens: Hcplens) -> None:
    told = " ".join(hcplens("tune-llm", "--help").out.split())
    assert "Teach a model of this machine to adjudicate" in told
    for command in ("annotate", "fit-llm"):
        assert "--llm-adapter" in hcplens(command, "--help").out
