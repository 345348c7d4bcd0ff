"""Topics that a module names, and answers without modules that answer nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import ContentMatcher, read_catalogue_topics, render
from hcplens.inference.records.catalogue import Module
from hcplens.prompts.taxonomy import Taxonomy

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]

PLAIN = {"title": "CARD-2", "text": "What the trial of 2025 showed.", "claims": []}
DOSING = {"title": "One tablet", "text": "One tablet once daily, no titration of the tablet.", "claims": []}


def test_what_a_module_names_counts_and_not_what_its_wording_seems_to_say(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    named = make_module("M2", topics=["coverage", "supply"], **DOSING)
    (first, second) = make_matcher([make_module("M1", **PLAIN), named]).match("H1", "Zelvanta").modules
    assert (first.module_id, [need.topic for need in first.addresses]) == ("M2", ["coverage"])
    assert second.addresses == ()


def test_named_topics_are_told_in_their_order(make_module: MakeModule, taxonomy: Taxonomy, encoder: Any) -> None:
    modules = [make_module("M1", topics=["supply", "coverage"], **DOSING), make_module("M2", **DOSING)]
    assert read_catalogue_topics(modules, taxonomy, encoder) == {"M1": ["supply", "coverage"], "M2": ["dosing"]}


def test_a_topic_that_the_taxonomy_lacks_is_an_error(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    with pytest.raises(InputError, match=r"module M1, topics 'coverag'.*coverage"):
        make_matcher([make_module("M1", topics=["coverag"])])


def test_modules_that_answer_nothing_are_left_out_where_that_is_asked(
    make_matcher: MakeMatcher, make_module: MakeModule
) -> None:
    matcher = make_matcher([make_module("M1"), make_module("M2", **DOSING)])
    assert len(matcher.match("H1", "Zelvanta").modules) == 2
    (only,) = matcher.match("H1", "Zelvanta", only_answering=True).modules
    assert only.module_id == "M1"
    assert [answer.modules[0].module_id for answer in matcher.match_all(only_answering=True)] == ["M1"]
    assert matcher.match_frame(only_answering=True)["module_id"].tolist() == ["M1"]


def test_every_module_that_may_not_be_shown_is_counted(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    modules = [
        make_module("M1", countries=["DE"], **DOSING),
        make_module("M2", countries=["FR"], **DOSING),
        make_module("M3", status="draft"),
    ]
    answer = make_matcher(modules, profiles=[make_profile_row("supply")]).match("H1", "Zelvanta")
    assert (answer.modules, answer.blocked) == ((), {"country": 2, "status": 1})
    panel: Any = render(answer)
    assert "No module may be shown: 2 country, 1 status." in str(panel.renderable.renderables[0])
