from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.inference.control_characters import without_controls
from hcplens.inference.pages import PhysicianPage, render_html
from hcplens.inference.pages.physician_page import Disagreement, OpenFlag, Person, Quotation

Page = Callable[[str], PhysicianPage]
HOSTILE = """</style></script><script>alert("1")</script><img src=x onerror='alert(2)'>'"><b>&amp; {{ 7 * 7 }}"""


class Parts(HTMLParser):
    """Elements with their attributes, marked words, the style, and the levels of headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.marked: list[str] = []
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "mark" in self.inside:
            self.marked[-1] += data
        if self.inside[-1:] == ["style"]:
            self.style += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(page_of: Page) -> str:
    return render_html([page_of("H1"), page_of("NEW")])


def test_the_page_loads_nothing_and_runs_nothing(html: str) -> None:
    found = Parts(html)
    assert not re.search(r"(?i)https?://|url\(|@import|//cdn", html)
    assert {tag for tag, _ in found.elements}.isdisjoint({"script", "link", "img", "iframe", "object", "use"})
    assert [tag for tag, attributes in found.elements if attributes.keys() & {"src", "style"}] == []
    [policy] = [meta["content"] or "" for meta in found.all("meta") if "http-equiv" in meta]
    digest = b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_headings_go_down_one_level_at_a_time(html: str) -> None:
    levels = [int(tag[1]) for tag, _ in Parts(html).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_whatever_refers_to_one_finds_it(html: str) -> None:
    found = Parts(html)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {(link["href"] or "")[1:] for link in found.all("a")}
    wanted |= {
        attributes["aria-labelledby"] or "" for _, attributes in found.elements if "aria-labelledby" in attributes
    }
    assert wanted <= set(ids)


def test_drawings_have_a_title_and_table_heads_a_scope(html: str) -> None:
    found = Parts(html)
    drawings = [place for place, (tag, _) in enumerate(found.elements) if tag == "svg"]
    assert len(drawings) > 5
    assert all(found.elements[place][1].get("role") == "img" for place in drawings)
    assert all(found.elements[place + 1][0] == "title" for place in drawings)
    assert all(head.get("scope") in ("row", "col") for head in found.all("th"))


def test_it_says_what_the_page_says(html: str, page_of: Page) -> None:
    for entry in (*page_of("H1").barriers, *page_of("H1").drivers):
        assert (
            f"{entry.belief.probability:.2f}, 90 % interval {entry.belief.low:.2f} to {entry.belief.high:.2f}" in html
        )
    for told in ("she fainted", "overdue", "raised again", "Adoption stage: ", "Not known", "Barriers to expect"):
        assert told in html
    assert "Nothing is known of this physician: what is expected is that of 2 like physicians" in html
    assert "the [red]PA[/red] took <b>six</b> weeks" in Parts(html).marked


def test_who_is_not_known_has_no_quotation(page_of: Page) -> None:
    assert Parts(render_html([page_of("NEW")])).all("blockquote") == []


def test_whatever_a_page_holds_is_escaped(page_of: Page) -> None:
    page = page_of("H1")
    quotation = Quotation(HOSTILE, HOSTILE, HOSTILE, date(2026, 9, 1))
    story = tuple(replace(moment, cause=HOSTILE) for moment in page.barriers[0].story)
    hostile = replace(
        page,
        person=Person(HOSTILE, HOSTILE, (HOSTILE,)),
        brand=HOSTILE,
        last_contact=HOSTILE,
        flags=(OpenFlag(HOSTILE, HOSTILE, None, None, False, HOSTILE),),
        conflicts=(Disagreement(HOSTILE, HOSTILE, (quotation,)),),
        barriers=(replace(page.barriers[0], topic=HOSTILE, story=story, quotations=(quotation,)),),
        channels=tuple(replace(channel, name=HOSTILE, why=HOSTILE) for channel in page.channels),
        expected_of=None,
        unknown=(HOSTILE,),
    )
    found = Parts(render_html([hostile, page]))
    assert (found.all("img"), found.all("script"), len(found.all("style"))) == ([], [], 1)
    assert [tag for tag, attributes in found.elements if any(name.startswith("on") for name in attributes)] == []
    assert HOSTILE in found.marked


@settings(max_examples=30)
@given(words=st.text(min_size=1, max_size=30).filter(lambda text: "\r\n" not in text))
def test_any_words_are_shown_as_they_are_but_for_control_characters(page_of: Page, words: str) -> None:
    page = page_of("H2")
    entry = replace(page.barriers[0], quotations=(Quotation(words, "note", "N1", date(2026, 9, 1)),))
    alone = replace(page, barriers=(entry,), drivers=(), conflicts=(), stage=None)
    assert Parts(render_html([alone])).marked == [without_controls(words)]


def test_the_same_pages_give_the_same_bytes_and_none_make_a_page_too(page_of: Page) -> None:
    assert render_html([page_of("H1")]) == render_html([page_of("H1")])
    assert "Nothing in this run fits." in render_html([])
