from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from hcplens.inference.pages import PhysicianPage, inspection_page, render_page

Page = Callable[[str], PhysicianPage]


def printed(page: PhysicianPage, width: int = 80) -> str:
    console = Console(width=width, file=StringIO(), record=True)
    console.print(render_page(page))
    return console.export_text()


def test_what_needs_a_person_comes_first_then_what_holds_then_the_rest(page_of: Page) -> None:
    page = printed(page_of("H1"))
    parts = ["H1 · Dermiqo · as of 2026-09-30", "Open safety flags", "adverse event in N-2026-08-20", "Conflicts"]
    parts += ["Barriers", "reopened", "Drivers", "efficacy", "Resolved, faded or only hinted at", "told as over 1 Feb"]
    parts += ["Channels", "phone", "Adoption stage", "Not known", "Never spoken of"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_an_entry_has_its_story_its_interval_and_its_words_as_they_are(page_of: Page) -> None:
    page = printed(page_of("H1"), width=120)
    assert "raised 3 Mar · resolved 12 Jun · raised again 20 Aug" in page
    assert "“the [red]PA[/red] took <b>six</b> weeks” note N-2026-08-20, 20 Aug" in page
    [coverage] = page_of("H1").barriers
    assert f"{coverage.belief.probability:.2f} ({coverage.belief.low:.2f}-{coverage.belief.high:.2f})" in page


@pytest.mark.parametrize("hcp_id", ["H1", "H2", "NEW"])
@pytest.mark.parametrize("width", [80, 100])
def test_a_page_fits_the_terminal(page_of: Page, hcp_id: str, width: int) -> None:
    assert {len(line) for line in printed(page_of(hcp_id), width).splitlines()} == {width}


def test_who_is_not_known_has_a_page_that_says_so(page_of: Page) -> None:
    page = " ".join(printed(page_of("NEW"), 200).split())
    assert "Nothing is known of this physician: what is expected is that of 2 like physicians" in page
    assert "Nothing below was said by this physician." in page
    assert "Barriers to expect" in page
    assert "“" not in page


def test_no_pages_say_that_nothing_fits() -> None:
    console = Console(width=80, file=StringIO(), record=True)
    console.print(inspection_page([]))
    assert "Nothing in this run fits." in console.export_text()
