from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.eval.report import named_result, read_results, render_report, write_report
from hcplens.eval.results import Confusion, Example, Mark, Reliability, Result, write_result
from hcplens.inference.control_characters import without_controls

MakeResult = Callable[..., Result]
HOSTILE = """</style></script><script>alert("1")</script><img src=x onerror='alert(2)'>'"><b>&amp; {{ 7 * 7 }}"""


@pytest.fixture(scope="module")
def html(make_result: MakeResult) -> str:
    return render_report(
        [named_result(f"r{day}", make_result(f"2026-03-0{day}T10:00Z", hits=20 + day)) for day in (1, 3)]
    )


def test_what_was_measured_when_on_which_data_and_apart_from_what_is_said(html: str) -> None:
    for said in (
        "heads 1.0.0",
        "2026-03-03, 10:00 UTC",
        "ab" * 32,
        "cd" * 32,
        "40 items in 40 clusters; heads that never saw the brand",
        "All notes are synthetic.",
        "“few clusters” at 1 of 7 figures",
        "“too few to say” at 2 of 7 figures",
        "before: 0.525",
    ):
        assert said in html


def test_every_result_and_each_of_its_figures_is_on_the_page(html: str, make_result: MakeResult) -> None:
    assert "r1" in html
    for figure in make_result(hits=23).figures:
        assert figure.metric in html
    assert html.count("0.575") > html.count("0.525") > 0
    assert "not defined" in html


def test_the_page_loads_nothing(html: str, page: Any) -> None:
    found = page(html)
    assert not re.search(r"(?i)https?://|url\(|@import|//cdn", html)
    assert {tag for tag, _ in found.elements}.isdisjoint({"link", "img", "iframe", "object", "embed", "base", "use"})
    assert [attributes for _, attributes in found.elements if attributes.keys() & {"src", "srcset", "style"}] == []
    links = [attributes["href"] for attributes in found.all("a")]
    assert links
    assert all(link.startswith("#") for link in links)


def test_the_policy_allows_this_very_style_and_script_and_nothing_else(html: str, page: Any) -> None:
    found = page(html)
    [policy] = [meta["content"] for meta in found.all("meta") if "http-equiv" in meta]
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        [source] = found.sources[kind]
        digest = b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_ids_are_unique_and_every_link_leads_somewhere(html: str, page: Any) -> None:
    found = page(html)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {link["href"][1:] for link in found.all("a")}
    wanted |= {attributes["aria-labelledby"] for _, attributes in found.elements if "aria-labelledby" in attributes}
    assert wanted <= set(ids)


def test_table_heads_have_a_scope_and_drawings_a_title(html: str, page: Any) -> None:
    found = page(html)
    assert all(head.get("scope") in ("row", "col") for head in found.all("th"))
    drawings = [place for place, (tag, _) in enumerate(found.elements) if tag == "svg"]
    assert len(drawings) > 15
    assert all(found.elements[place + 1][0] == "title" for place in drawings)


def test_whatever_a_result_holds_is_escaped(make_result: MakeResult, page: Any) -> None:
    example = Example(HOSTILE, HOSTILE, HOSTILE, HOSTILE, (Mark(2, 9, HOSTILE, "hit"),), ((HOSTILE, HOSTILE),))
    plain = make_result(examples=(example,), words=HOSTILE)
    provenance = replace(
        plain.provenance, data={HOSTILE: HOSTILE}, scored_by={HOSTILE: HOSTILE}, notices=(HOSTILE,), encoder=HOSTILE
    )
    figures = tuple(replace(figure, suite=HOSTILE, metric=HOSTILE + figure.metric) for figure in plain.figures)
    hostile = replace(
        plain,
        provenance=provenance,
        figures=(*figures, replace(figures[0], part=f"{HOSTILE}={HOSTILE}")),
        reliability=(Reliability(HOSTILE, HOSTILE, plain.reliability[0].bins),),
        confusions=(Confusion(HOSTILE, HOSTILE, (HOSTILE, "b"), ((1, 2), (3, 4))),),
    )
    earlier = replace(hostile, provenance=replace(provenance, created_at="2026-01-01T00:00Z"))
    found = page(render_report([named_result(HOSTILE, hostile), named_result(HOSTILE, earlier)]))
    assert found.all("img") == []
    assert (len(found.all("script")), len(found.all("style"))) == (1, 1)
    assert [attributes for _, attributes in found.elements if any(name.startswith("on") for name in attributes)] == []
    assert found.texts == [HOSTILE]


marks = st.builds(
    Mark,
    st.integers(0, 30),
    st.integers(0, 30),
    st.text(max_size=8).filter(lambda label: "\r\n" not in label),
    st.sampled_from(["hit", "missed", "false"]),
)


@settings(max_examples=40)
@given(text=st.text(max_size=30).filter(lambda text: "\r\n" not in text), marked=st.lists(marks, max_size=5))
def test_any_text_with_any_marks_is_shown_as_it_is_but_for_control_characters(
    make_result: MakeResult, page: Any, text: str, marked: list[Mark]
) -> None:
    example = Example("notes", "N1", "H1", text, tuple(marked), (("fact", text),))
    found = page(render_report([named_result("r", make_result(examples=(example,)))]))
    assert found.texts == [without_controls(text)]
    listed = [(item["data-outcome"], item["data-label"]) for item in found.all("li") if "data-label" in item]
    assert sorted(listed) == sorted((mark.outcome, without_controls(mark.label)) for mark in marked)


def test_outcomes_are_told_apart_by_more_than_colour(html: str) -> None:
    assert "1 ○ missed" in html
    assert "2 ✓ hit" in html
    assert "✕ false" in html


def test_the_same_results_give_the_same_bytes_in_any_order_and_from_disk(
    make_result: MakeResult, tmp_path: Path
) -> None:
    results = [named_result(f"r{day}", make_result(f"2026-03-0{day}T10:00Z", hits=20 + day)) for day in (1, 2, 3)]
    for named in results:
        write_result(named.result, tmp_path / named.name)
    once = render_report(results)
    assert render_report(results[::-1]) == once
    assert render_report(read_results([tmp_path / named.name for named in results])) == once


def test_one_result_without_pictures_or_examples_is_a_page_too(make_result: MakeResult) -> None:
    full = make_result()
    html = render_report([named_result("only", Result(full.provenance, full.item_sets, full.figures))])
    assert "This is the only result so far" in html
    assert "keeps no examples" in html
    assert "Earlier results" not in html


def test_a_result_without_figures_is_a_page_too(make_result: MakeResult) -> None:
    html = render_report([named_result("only", Result(make_result().provenance, (), ()))])
    assert "heads that never saw the brand" in html


def test_no_results_make_no_report() -> None:
    with pytest.raises(ValueError, match="one result or more"):
        render_report([])


def test_the_file_is_written_as_it_was_rendered(make_result: MakeResult, tmp_path: Path) -> None:
    results = [named_result("r", make_result())]
    write_report(results, tmp_path / "new" / "report.html")
    assert (tmp_path / "new" / "report.html").read_bytes() == render_report(results).encode()


def test_a_page_with_words_of_notes_is_for_its_owner_only(make_result: MakeResult, tmp_path: Path) -> None:
    kept = make_result()
    assert kept.examples
    write_report([named_result("kept", kept)], tmp_path / "kept.html")
    write_report([named_result("bare", replace(kept, examples=()))], tmp_path / "bare.html")
    assert (tmp_path / "kept.html").stat().st_mode & 0o077 == 0
    assert (tmp_path / "bare.html").stat().st_mode & 0o044
