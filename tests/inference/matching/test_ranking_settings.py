from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcplens.errors import InputError
from hcplens.inference.matching import ContentMatcher, MatchSettings, RankingSettings
from hcplens.inference.records.catalogue import Module

MakeModule = Callable[..., Module]
MakeMatcher = Callable[..., ContentMatcher]
Make = Callable[..., dict[str, Any]]

DOSING = {"title": "One tablet", "text": "One tablet once daily, no titration of the tablet.", "claims": []}


@pytest.fixture
def weights(make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make) -> Any:
    """The needs' weights of a physician with a barrier on coverage and a driver on dosing, by topic."""

    def of(**settings: Any) -> dict[str, float]:
        rows = [make_profile_row("coverage"), make_profile_row("dosing", "driver")]
        matcher = make_matcher([make_module()], MatchSettings(ranking=RankingSettings(**settings)), profiles=rows)
        return {need.topic: need.weight for need in matcher.needs("H1", "Zelvanta")}

    return of


def test_importance_multiplies_the_weight_of_a_topic(weights: Any) -> None:
    assert weights() == pytest.approx({"coverage": 2 / 3, "dosing": 1 / 3})
    assert weights(importance={"dosing": 4}) == pytest.approx({"coverage": 1 / 3, "dosing": 2 / 3})
    assert weights(drivers=1.0) == pytest.approx({"coverage": 1 / 2, "dosing": 1 / 2})


def test_what_has_no_importance_is_no_need(weights: Any) -> None:
    assert weights(importance={"coverage": 0}) == {"dosing": 1.0}
    assert weights(importance={"coverage": 0}, drivers=0) == {}


def test_importance_decides_which_module_comes_first(
    make_matcher: MakeMatcher, make_module: MakeModule, make_profile_row: Make
) -> None:
    rows = [make_profile_row("coverage"), make_profile_row("dosing", "driver")]
    modules = [make_module("M1"), make_module("M2", **DOSING)]
    for importance, first in (({}, "M1"), ({"dosing": 10}, "M2")):
        settings = MatchSettings(ranking=RankingSettings(importance=importance))
        answer = make_matcher(modules, settings, profiles=rows).match("H1", "Zelvanta")
        assert answer.modules[0].module_id == first


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("importance: {coverage: -1}", "importance.coverage"),
        ("importance: [coverage]", "importance"),
        ("diversity: 2", "diversity"),
        ("novelty: 1", "novelty"),
        ("drivers: .nan", "drivers"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_with_its_field(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "ranking.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"ranking\.yaml is not a table of ranking settings: {told}"):
        RankingSettings.load(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ranking.yaml"
    path.write_text("importance: {coverage: 2}\ndiversity: 0\n")
    assert RankingSettings.load(path) == RankingSettings(importance={"coverage": 2.0}, diversity=0.0)


def test_a_topic_that_the_taxonomy_lacks_is_an_error(make_matcher: MakeMatcher, make_module: MakeModule) -> None:
    settings = MatchSettings(ranking=RankingSettings(importance={"coverag": 2.0}))
    with pytest.raises(InputError, match=r"importance of 'coverag'.*coverage"):
        make_matcher([make_module()], settings)
