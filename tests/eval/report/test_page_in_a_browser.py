"""The page in headless Chromium: no console message, filters work, and nothing is lost without a script."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.eval.report import named_result, render_report
from hcplens.eval.results import Example, Mark, Result

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

MANY = tuple(
    Example(
        "notes" if number % 2 else "triage",
        f"N{number:03}",
        f"H{number % 7}",
        f"word{number} PA took 3 wks",
        (Mark(0, 4, "cost" if number % 5 else "trust", "missed" if number % 3 == 0 else "hit"),) * (number > 0),
    )
    for number in range(120)
)


@pytest.fixture(scope="module")
def report(make_result: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = [
        named_result("new", make_result("2026-03-02T10:00Z", examples=MANY)),
        named_result("old", make_result("2026-03-01T10:00Z", hits=20)),
    ]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(results), encoding="utf-8")
    return path


def opened(address: str, profile: Path, *options: str) -> tuple[str, list[str]]:
    """The document as it stands after its script, and what the console said."""
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--v=0",
            f"--user-data-dir={profile}",
            *options,
            "--dump-dom",
            address,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def shown(page: Any, dom: str) -> list[str | None]:
    """The ids of the examples that are not hidden, in their order."""
    found = page(dom)
    visible = iter([("hidden" not in card) for card in found.all("article") if card.get("class") == "example"])
    return [text.split()[0] for text, is_visible in zip(found.texts, visible, strict=True) if is_visible]


def words(numbers: list[int]) -> set[str]:
    return {f"word{number}" for number in numbers}


def test_the_page_opens_with_the_first_examples_and_a_silent_console(report: Path, page: Any, tmp_path: Path) -> None:
    dom, console = opened(report.as_uri(), tmp_path)
    assert console == []
    assert len(shown(page, dom)) == 25
    assert "Showing 25 of 120" in dom
    assert "Show 25 more" in dom


def test_an_address_with_filters_shows_what_fits_all_of_them(report: Path, page: Any, tmp_path: Path) -> None:
    dom, console = opened(f"{report.as_uri()}#outcome=missed&label=trust&suite=notes", tmp_path)
    assert console == []
    fitting = [number for number in range(1, 120, 2) if number % 3 == 0 and number % 5 == 0]
    assert set(shown(page, dom)) == words(fitting)
    assert f"Showing {len(fitting)} of {len(fitting)} that fit, of 120 in all" in dom


def test_words_and_nothing_marked_are_filters_too(report: Path, page: Any, tmp_path: Path) -> None:
    dom, _ = opened(f"{report.as_uri()}#words=WORD11", tmp_path / "words")
    assert set(shown(page, dom)) == words([11, *range(110, 120)])
    dom, _ = opened(f"{report.as_uri()}#outcome=none", tmp_path / "none")
    assert shown(page, dom) == ["word0"]


def test_a_script_that_was_tampered_with_is_refused_and_every_example_is_there_without_it(
    report: Path, page: Any, tmp_path: Path
) -> None:
    tampered = tmp_path / "tampered.html"
    tampered.write_text(report.read_text(encoding="utf-8").replace("const PAGE = 25", "const PAGE = 26"))
    dom, console = opened(tampered.as_uri(), tmp_path / "profile")
    assert "Content Security Policy" in " ".join(console)
    assert len(shown(page, dom)) == 120
    [form] = page(dom).all("form")
    assert "hidden" in form
