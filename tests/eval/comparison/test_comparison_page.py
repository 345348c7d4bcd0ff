from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from hcplens.eval.comparison import Comparison, compare, comparison_page
from hcplens.eval.results import Result

if TYPE_CHECKING:
    from .conftest import MakeResult

TEN = {f"N{number}": f"H{number}" for number in range(10)}


def page(comparison: Comparison, *, parts: bool = False) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as captured:
        console.print(comparison_page(comparison, parts=parts))
    return captured.get()


def test_parts_are_shown_where_they_differ_or_when_asked(make_result: MakeResult) -> None:
    whole = make_result(TEN, {"accuracy": [0] * 10})
    same = make_result(TEN, {"accuracy": [0] * 10}, part="topic=cost").figures
    worse, before = (make_result(TEN, {"accuracy": [v] * 10}, part="topic=supply").figures for v in (0, 1))
    comparison = compare(
        replace(whole, figures=(*whole.figures, *same, *before)),
        replace(whole, figures=(*whole.figures, *same, *worse)),
    )
    shown = page(comparison)
    assert "topic=supply" in shown
    assert "worse" in shown
    assert "topic=cost" not in shown
    assert "1 more of parts, without a shown difference" in shown
    assert "1 worse, 2 no difference shown" in shown
    assert "topic=cost" in page(comparison, parts=True)


def test_a_long_metric_with_markup_stays_whole_and_within_100_columns(make_result: MakeResult) -> None:
    result = make_result(TEN, {"[red]share of statements whose span overlaps the gold span by half": [1.0] * 10})
    shown = page(compare(result, result))
    assert "[red]share" in shown
    assert "no difference shown" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_the_page_says_how_many_figures_each_correction_is_for(make_result: MakeResult) -> None:
    def result(value: float) -> Result:
        whole = make_result(TEN, {"accuracy": [value] * 10, "recall": [1] * 10})
        return replace(whole, figures=(*whole.figures, *make_result(TEN, {"a": [value] * 10}, part="topic=x").figures))

    shown = " ".join(page(compare(result(0), result(1))).split())
    assert "2 figures tested: 1 figures of the whole that have a better direction; 1 figures of parts" in shown
    assert "1 are the same on every item" in shown
    assert "unchanged" in shown.split("recall", 1)[1]
