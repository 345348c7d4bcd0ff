"""The items that became better or worse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console, RenderableType

from hcplens.eval.comparison import compare, comparison_page
from hcplens.eval.metrics import F1, SHARE
from hcplens.eval.results import Example, Mark, Result

if TYPE_CHECKING:
    from .conftest import MakeResult

FOUR = {f"N{number}": f"H{number}" for number in range(4)}
COST = "Too [bold]expensive for my patients, and the nurse agrees."


def printed(page: RenderableType) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as captured:
        console.print(page)
    return captured.get()


def test_flips_are_the_items_own_f1_largest_first(make_result: MakeResult) -> None:
    # hits, claimed, true of each note: F1 0, 1, 2/3, 1 before and 1, 2/3, 2/3, 1 after
    old = make_result(FOUR, {"F1": np.asarray([[0, 1, 1], [1, 1, 1], [1, 2, 1], [0, 0, 0]], float)}, formula=F1)
    new = make_result(FOUR, {"F1": np.asarray([[1, 1, 1], [1, 2, 1], [1, 1, 2], [0, 0, 0]], float)}, formula=F1)
    [flips] = compare(old, new).flips
    assert (flips.key, flips.items, flips.better, flips.worse) == ("notes/F1", 4, 1, 1)
    assert [(flip.item_id, round(flip.old, 3), round(flip.new, 3)) for flip in flips.flips] == [
        ("N0", 0.0, 1.0),
        ("N1", 1.0, 0.667),
    ]


def test_where_lower_is_better_less_is_a_gain(make_result: MakeResult) -> None:
    old, new = (make_result(FOUR, {"error": [value, 0, 0, 0]}, better="lower") for value in (0.5, 0.2))
    [flips] = compare(old, new).flips
    assert [flip.gain for flip in flips.flips] == [pytest.approx(0.3)]


def test_of_equally_large_changes_the_worse_comes_first(make_result: MakeResult) -> None:
    old, new = make_result(FOUR, {"accuracy": [0, 1, 0, 1]}), make_result(FOUR, {"accuracy": [1, 0, 1, 0]})
    [flips] = compare(old, new).flips
    assert [flip.item_id for flip in flips.flips] == ["N1", "N3", "N0", "N2"]


def test_items_that_cannot_be_judged_are_counted(make_result: MakeResult) -> None:
    old = make_result(FOUR, {"precision": np.asarray([[0, 0], [1, 1], [1, 1], [1, 1]], float)}, formula=SHARE)
    new = make_result(FOUR, {"precision": np.asarray([[1, 1], [0, 1], [1, 1], [1, 1]], float)}, formula=SHARE)
    [flips] = compare(old, new).flips
    assert (flips.undefined, flips.worse, flips.better) == (1, 1, 0)


def test_a_suite_is_judged_by_its_first_figure_with_a_better_direction_that_changed(make_result: MakeResult) -> None:
    def result(value: float) -> Result:
        neither = make_result(FOUR, {"length": [value, 2, 3, 4]}, better="neither").figures
        part = make_result(FOUR, {"accuracy": [value, 1, 1, 1]}, part="brand=X").figures
        base = make_result(FOUR, {"logged value": [1, 0, 1, 1], "recall": [value, 1, 1, 1], "precision": [value] * 4})
        return replace(base, figures=(*neither, *part, *base.figures))

    assert [flips.key for flips in compare(result(0), result(1)).flips] == ["notes/recall"]
    assert compare(result(1), result(1)).flips == ()


def test_an_f1_judges_before_other_figures(make_result: MakeResult) -> None:
    def result(hits: float) -> Result:
        base = make_result(FOUR, {"accuracy": [hits, 1, 1, 1]})
        counts = {"same F1": np.ones((4, 3)), "F1": np.asarray([[hits, 1, 1]] + [[1, 1, 1]] * 3, float)}
        return replace(base, figures=(*base.figures, *make_result(FOUR, counts, formula=F1).figures))

    [flips] = compare(result(0), result(1)).flips
    assert (flips.key, flips.better) == ("notes/F1", 1)


def test_both_systems_examples_stand_side_by_side_with_their_marks_in_words(make_result: MakeResult) -> None:
    missed, hit = (Mark(0, 24, "cost barrier", outcome) for outcome in ("missed", "hit"))
    old, new = (
        make_result(
            FOUR,
            {"accuracy": [value, 1, 1, 1]},
            examples=[Example("notes", "N0", "H0", COST, (mark,), (("brand", "X"),))],
        )
        for value, mark in ((0, missed), (1, hit))
    )
    comparison = compare(old, new)
    [flip] = comparison.flips[0].flips
    assert flip.old_example is not None
    assert flip.new_example is not None
    assert (flip.old_example.marks, flip.new_example.marks) == ((missed,), (hit,))
    page = printed(comparison_page(comparison))
    assert "N0: better, 0.000 → 1.000" in page
    assert "missed: cost barrier" in page
    assert "right: cost barrier" in page
    assert page.count("[bold]") >= 2  # quoted words are no markup
    assert max(map(len, page.splitlines())) <= 100
