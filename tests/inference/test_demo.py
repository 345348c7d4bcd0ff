from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from hcplens import Run
from hcplens.inference.demo import run_demo, sample_folder
from hcplens.inference.progress import QuietReporter
from hcplens.inference.records import load_inputs


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run that the demo published, and its page on a wide terminal."""
    target = tmp_path_factory.mktemp("demo") / "run"
    console = Console(width=300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
        page = run_demo(target, QuietReporter())
    with console.capture() as printed:
        console.print(page)
    return target, printed.get()


def test_the_demo_publishes_a_run_and_says_where(shown: tuple[Path, str]) -> None:
    target, page = shown
    assert Run.open(target).manifest.counts["insights"] > 200
    assert f"The run lies in {target}" in page


def test_the_demo_quotes_evidence_and_names_its_note(shown: tuple[Path, str]) -> None:
    target, page = shown
    statements = Run.open(target).table("insights").to_pylist()
    quoted = [row for row in statements if f"“{row['evidence']}”" in page and row["source_id"] in page]
    assert len(quoted) >= 3


def test_the_demo_shows_prevalence_channels_and_approved_modules(shown: tuple[Path, str]) -> None:
    target, page = shown
    assert "Open barriers by prevalence" in page
    assert "Channels" in page
    modules = (target / "modules.jsonl").read_text(encoding="utf-8")
    assert [word for word in page.split() if "-M" in word and f'"{word}"' in modules]


def test_the_sample_has_no_rejects() -> None:
    with sample_folder() as sample:
        inputs = load_inputs(
            {"notes": sample / "notes.jsonl", "hcps": sample / "hcps.csv", "consents": sample / "consents.csv"}
        )
    assert len(inputs.notes) == 168
    assert len(inputs.hcps) == 30
    assert len(inputs.rejects) == 0
