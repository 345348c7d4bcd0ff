from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from hcplens import Run
from hcplens.inference.demo import run_demo, sample_folder
from hcplens.inference.progress import QuietReporter
from hcplens.inference.records import load_inputs


@dataclass(frozen=True)
class Shown:
    """The run that the demo published, and its page on a wide terminal and on one of 80 columns."""

    target: Path
    wide: str
    narrow: str


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """What the demo published and printed."""
    target = tmp_path_factory.mktemp("demo") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
        page = run_demo(target, QuietReporter())
    return Shown(target, printed(page, 300), printed(page, 80))


def printed(page: RenderableType, width: int) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(page)
    return captured.get()


def test_the_demo_publishes_a_run_and_says_where(shown: Shown) -> None:
    target, page = shown.target, shown.wide
    assert Run.open(target).manifest.counts["insights"] > 200
    assert f"The run lies in {target}" in page


def test_the_demo_quotes_evidence_and_names_its_note(shown: Shown) -> None:
    target, page = shown.target, shown.wide
    statements = Run.open(target).table("insights").to_pylist()
    quoted = [row for row in statements if f"“{row['evidence']}”" in page and row["source_id"] in page]
    assert len(quoted) >= 3


def test_the_demo_shows_prevalence_channels_and_approved_modules(shown: Shown) -> None:
    target, page = shown.target, shown.wide
    assert "Open barriers by prevalence" in page
    assert "Channels" in page
    modules = (target / "modules.jsonl").read_text(encoding="utf-8")
    assert [word for word in page.split() if "-M" in word and f'"{word}"' in modules]


def test_the_readme_shows_what_the_demo_prints(shown: Shown) -> None:
    """But for its figures, which another processor may round in another way, and what is left out with an ellipsis."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    excerpt = readme.split("```text\n")[1].split("```")[0]
    kept = [line for line in excerpt.splitlines() if "…" not in line]
    assert len(kept) > 20
    printed = {_without_figures(line) for line in shown.narrow.splitlines()}
    assert [line for line in kept if _without_figures(line) not in printed] == []


def _without_figures(line: str) -> str:
    return " ".join(re.sub(r"[\d█▒░┃╭╰╮╯─│]+", " ", line).split())


def test_the_sample_has_no_rejects() -> None:
    with sample_folder() as sample:
        inputs = load_inputs(
            {"notes": sample / "notes.jsonl", "hcps": sample / "hcps.csv", "consents": sample / "consents.csv"}
        )
    assert len(inputs.notes) == 168
    assert len(inputs.hcps) == 30
    assert len(inputs.rejects) == 0
