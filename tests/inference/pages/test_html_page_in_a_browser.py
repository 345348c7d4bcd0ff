"""The page in headless Chromium: nothing is refused, logged or wider than the window."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hcplens.inference.pages import PhysicianPage, render_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def test_the_page_opens_whole_and_the_console_is_silent(
    page_of: Callable[[str], PhysicianPage], tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(render_html([page_of("H1"), page_of("NEW")]), encoding="utf-8")
    done = subprocess.run(
        [
            *(str(CHROMIUM), *QUIET, "--enable-logging=stderr", "--v=0"),
            *(f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    assert "Barriers to expect" in done.stdout
    assert done.stdout.count("<article") == 2
