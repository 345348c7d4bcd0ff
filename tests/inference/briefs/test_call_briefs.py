"""What a brief says, by hand, and how it is written."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hcplens.inference.briefs import CallBrief, Caution, Change, render_html, render_markdown
from hcplens.inference.matching import MatchedModule
from hcplens.inference.pages.physician_page import Disagreement

Brief = Callable[[str], CallBrief]
WORDING = "What the payer wants.\n  ```Two``` lines, <b>as approved</b>. "
HOSTILE = """</style><script>alert("1")</script><img src=x onerror='alert(2)'>'"><b>&amp; {{ 7 * 7 }}"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_what_changed_is_from_the_day_of_the_last_contact_on_latest_first(brief_of: Brief) -> None:
    brief = brief_of("H1")
    assert brief.last_contact == date(2026, 9, 10)
    assert [(change.day.day, change.what) for change in brief.changes] == [
        (20, "unsubscribed (messaging)"),
        (15, "consent to messaging: opt in"),
        (12, "clicked M1 (email)"),
        (10, "coverage (barrier) raised"),
    ]
    quotation = brief.changes[-1].quotation
    assert quotation is not None
    assert quotation.words == "the [red]PA[/red] took *six* weeks <b>"


def test_what_not_to_say_names_flags_channels_and_topics_without_wording(brief_of: Brief) -> None:
    first, channels, *_ = brief_of("H1").cautions
    assert first == Caution(
        "Off-label talk in N-2026-09-10: do not take it up; medical information answers if asked", "for his teens"
    )
    assert channels.what == "No consent to contact by phone, messaging, mail"


def test_an_open_adverse_event_leaves_nothing_to_promote(brief_of: Brief) -> None:
    brief = brief_of("HELD")
    assert brief.modules == ()
    assert brief.cautions[0].what.startswith("Nothing promotional: adverse event in N-HELD is still open")
    assert brief.cautions[1].words == "she fainted"
    for page in (render_markdown([brief]), render_html([brief])):
        assert "None: promotion is suppressed." in page
        assert "What the payer wants" not in page


def test_of_whom_nothing_is_known_it_says_so(brief_of: Brief) -> None:
    brief = brief_of("NEW")
    assert (brief.last_contact, brief.changes) == (None, ())
    assert "Nothing below was said by this physician" in render_markdown([brief])
    assert "Nothing below was said by this physician" in render_html([brief])


def test_markdown_has_the_wording_character_for_character_and_escapes_the_rest(brief_of: Brief) -> None:
    text = render_markdown([brief_of("H1")])
    assert f"\n````text\n{WORDING}\n````\n" in text
    assert "M1 · by email · approval MLR-7 · expires 2026-10-31" in text
    assert r"### 1. Payer \*paperwork\*" in text
    assert r"“the \[red\]PA\[/red\] took \*six\* weeks \<b\>”" in text
    assert "Must go with it, A1:\n```text\nImportant safety information.\n```" in text
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert titles[:4] == ["Do not", "Since the last contact, 10 Sep", "Barriers", "Drivers"]
    assert titles[-1] == "Approved modules, word for word"


@pytest.mark.parametrize("render", [render_markdown, render_html])
def test_a_brief_holds_no_control_characters(render: Callable[..., str], brief_of: Brief) -> None:
    brief = brief_of("H1")
    paints = "X\x1b[31mRED\x1b]0;owned\x07\x9b2J"
    module = worded(brief.modules[0], title=paints, text=paints)
    text = render([replace(brief, page=replace(brief.page, brand=paints), modules=(module,))])
    assert text.count("31mRED\ufffd") >= 2
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def worded(matched: MatchedModule, **changes: str) -> MatchedModule:
    """The same of another module."""
    return matched._replace(module=matched.module.model_copy(update=changes))


def test_an_asset_that_two_modules_share_is_written_once_and_conflicts_are_told(brief_of: Brief) -> None:
    brief = brief_of("H1")
    [module] = brief.modules
    conflict = Disagreement("coverage", "a survey says that it is over, a note that it holds", ())
    page = replace(brief.page, conflicts=(conflict,))
    twice = replace(brief, page=page, modules=(module, worded(module, module_id="M2")))
    for written, as_above in (
        (render_markdown([twice]), "Must go with it, A1: as above"),
        (render_html([twice]), "<dd>As above</dd>"),
    ):
        assert written.count("Important safety information.") == 1
        assert as_above in written
        assert "a survey says that it is over" in written


def test_more_changes_than_a_page_bears_are_counted(brief_of: Brief) -> None:
    many = tuple(Change(date(2026, 9, 12), f"clicked M{number} (email)") for number in range(11))
    brief = replace(brief_of("H1"), changes=many)
    assert "- and 3 more" in render_markdown([brief])
    assert "and 3 more" in render_html([brief])


def test_the_html_loads_and_runs_nothing_and_escapes_everything(brief_of: Brief) -> None:
    brief = brief_of("H1")
    page = render_html([brief])
    assert page == render_html([brief])
    assert not re.search(r"(?i)https?://|url\(|@import|<script|<link|<img", page)
    assert "&lt;b&gt;as approved&lt;/b&gt;" in page
    for told in ("approval MLR-7", "expires 2026-10-31", "for his teens", "clicked M1 (email)", "Important safety"):
        assert told in page
    module = worded(brief.modules[0], title=HOSTILE, text=HOSTILE)._replace(why=HOSTILE)
    hostile = replace(
        brief,
        cautions=(Caution(HOSTILE, HOSTILE),),
        changes=(Change(date(2026, 9, 12), HOSTILE),),
        modules=(module,),
        page=replace(brief.page, brand=HOSTILE, last_contact=HOSTILE),
    )
    written = render_html([hostile])
    assert not re.search(r"(?i)<script|<img|<b>&amp;", written)
    assert "Nothing in this run fits." in render_html([])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_the_page_opens_whole_and_the_console_is_silent(brief_of: Brief, tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    path.write_text(render_html([brief_of("H1"), brief_of("HELD")]), encoding="utf-8")
    quiet = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr")
    done = subprocess.run(
        [str(CHROMIUM), *quiet, "--v=0", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    assert done.stdout.count("<article") == 2
