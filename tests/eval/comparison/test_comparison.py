"""Two results side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.comparison import compare, comparison_json
from hcplens.eval.metrics import F1, RATIO, means
from hcplens.eval.results import ItemSet, Provenance, Result, measured, reading

if TYPE_CHECKING:
    from .conftest import MakeResult

SIX = {f"N{number}": f"H{number}" for number in range(6)}


def test_the_difference_is_new_minus_old_with_the_exact_p_value(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [0, 0, 0, 0, 0, 1]})
    new = make_result(SIX, {"accuracy": [1, 1, 1, 0, 0, 1]})
    [found] = compare(old, new).differences
    assert (found.old, found.new, found.difference) == pytest.approx((1 / 6, 4 / 6, 3 / 6))
    assert found.p_value == 2 / 8  # three clusters differ, all one way
    assert (found.items, found.clusters, found.changed) == (6, 6, 3)
    assert found.verdict == "no difference shown"


@pytest.mark.parametrize(
    ("better", "verdict", "loss"), [("higher", "better", -1), ("lower", "worse", 1), ("neither", "different", None)]
)
def test_the_verdict_follows_the_better_direction(
    make_result: MakeResult, better: str, verdict: str, loss: float | None
) -> None:
    old, new = (make_result(SIX, {"figure": [value] * 6}, better=better) for value in (0.0, 1.0))
    [found] = compare(old, new).differences
    assert found.p_value == 2 / 64
    assert found.verdict == verdict
    assert found.loss == loss or (loss is None and np.isnan(found.loss))


def test_a_result_does_not_differ_from_itself(make_result: MakeResult) -> None:
    result = make_result(SIX, {"accuracy": [0, 1, 0, 1, 1, 1], "another": [0.5, 0.25, 0, 0, 1, 1]})
    comparison = compare(result, result)
    for found in comparison.differences:
        assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)
        assert (found.p_value, found.p_adjusted, found.changed) == (1.0, 1.0, 0)
        assert found.verdict == "no difference shown"
    assert [flips.flips for flips in comparison.flips] == [()]
    assert comparison.notices == ()


ORDER = range(14)


def shuffled(order: Sequence[int], values: Sequence[int]) -> Result:
    """Fourteen items of seven physicians, in some order."""
    items = ItemSet("notes", tuple(f"N{number}" for number in order), tuple(f"H{number % 7}" for number in order))
    figure = measured("notes", "accuracy", RATIO, items, means([float(values[number]) for number in order]))
    return Result(Provenance("0", "", 0, {}, "", "", {}), (items,), (figure,))


@settings(max_examples=8)
@given(st.permutations(ORDER), st.permutations(ORDER), st.lists(st.integers(0, 1), min_size=14, max_size=14))
def test_the_order_of_items_changes_nothing(first: Sequence[int], second: Sequence[int], after: list[int]) -> None:
    before = [0, 1] * 7
    plain = compare(shuffled(ORDER, before), shuffled(ORDER, after))
    mixed = compare(shuffled(first, before), shuffled(second, after))
    assert mixed.differences == plain.differences
    assert mixed.flips == plain.flips


def test_items_of_one_result_only_are_left_out_and_told(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [0, 0, 0, 0, 0, 1]})
    new = make_result({**{f"N{n}": f"H{n}" for n in range(1, 6)}, "N9": "H9"}, {"accuracy": [1, 1, 1, 1, 1, 0]})
    comparison = compare(old, new)
    [found] = comparison.differences
    assert (found.items, found.only_old, found.only_new) == (5, 1, 1)
    assert (found.old, found.new) == (0.2, 1.0)
    assert any("5 in common, 1 only in the old, 1 only in the new" in notice for notice in comparison.notices)


def test_figures_of_a_part_are_paired_by_item_though_their_rows_differ(make_result: MakeResult) -> None:
    def result(ids: str, rows: list[int], values: list[float]) -> Result:
        items = ItemSet("notes", tuple(ids), tuple(ids))
        figure = measured("notes", "accuracy", RATIO, items, means(values), rows=rows, part="topic=cost")
        return Result(Provenance("0", "", 0, {}, "", "", {}), (items,), (figure,))

    [found] = compare(result("abc", [0, 2], [0.0, 1.0]), result("cba", [0, 2], [0.5, 0.25])).differences
    assert (found.old, found.new, found.items) == (0.5, 0.375, 2)


def test_several_rows_of_an_item_belong_together(make_result: MakeResult) -> None:
    items = ItemSet("notes", ("a", "b"), ("a", "b"))
    old = Result(
        Provenance("0", "", 0, {}, "", "", {}),
        (items,),
        (measured("notes", "accuracy", RATIO, items, means([0.0, 1.0, 1.0]), rows=[0, 0, 1]),),
    )
    new = replace(old, figures=(measured("notes", "accuracy", RATIO, items, means([1.0, 1.0]), rows=[0, 1]),))
    comparison = compare(old, new)
    assert (comparison.differences[0].old, comparison.differences[0].new) == (2 / 3, 1.0)
    assert [(flip.item_id, flip.old, flip.new) for flip in comparison.flips[0].flips] == [("a", 0.5, 1.0)]


def test_results_without_a_common_item_are_refused(make_result: MakeResult) -> None:
    other = {f"M{number}": f"H{number}" for number in range(6)}
    with pytest.raises(InputError, match=r"no item in common \(notes.jsonl aaaaaaaaaaaa in the old"):
        compare(make_result(SIX, {"accuracy": [1] * 6}), make_result(other, {"accuracy": [1] * 6}))


def test_results_without_a_common_figure_are_refused(make_result: MakeResult) -> None:
    with pytest.raises(InputError, match="no figure in common"):
        compare(make_result(SIX, {"accuracy": [1] * 6}), make_result(SIX, {"recall": [1] * 6}))


def test_figures_of_one_result_only_are_named(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [1] * 6, "recall": [1] * 6})
    new = make_result(SIX, {"accuracy": [1] * 6, "precision": [1] * 6})
    comparison = compare(old, new)
    assert [figure.key for figure in comparison.only_old] == ["notes/recall"]
    assert [figure.key for figure in comparison.only_new] == ["notes/precision"]


def test_a_figure_computed_in_another_way_is_shown_and_not_tested(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [1] * 6, "score": [1] * 6})
    score = make_result(SIX, {"score": np.ones((6, 3))}, formula=F1).figures
    new = replace(old, figures=(*old.figures[:1], *score))
    found = compare(old, new).differences[1]
    assert (found.p_value, found.verdict) == (None, "not tested")
    assert found.why_untested == "the two results compute it differently"


def test_readings_are_shown_with_their_difference_only(make_result: MakeResult) -> None:
    base = make_result(SIX, {"accuracy": [1, 1, 0, 0, 1, 1]})
    old, new = (
        replace(base, figures=(*base.figures, reading("notes", "notes a second", speed, items=6)))
        for speed in (100.0, 250.0)
    )
    found = compare(old, new).differences[1]
    assert (found.difference, found.low, found.p_value, found.verdict) == (150.0, None, None, "not tested")


def test_four_clusters_are_too_few_to_say(make_result: MakeResult) -> None:
    few = {f"N{number}": f"H{number % 4}" for number in range(40)}
    [found] = compare(make_result(few, {"a": [0] * 40}), make_result(few, {"a": [1] * 40})).differences
    assert (found.difference, found.p_value, found.verdict) == (1.0, None, "too few to say")


def test_a_figure_that_is_not_defined_is_too_few_to_say(make_result: MakeResult) -> None:
    old = make_result(SIX, {"precision": np.zeros((6, 2))})
    [found] = compare(old, make_result(SIX, {"precision": [1] * 6})).differences
    assert np.isnan(found.difference)
    assert (found.p_value, found.verdict) == (None, "too few to say")


def test_every_tested_figure_counts_for_the_correction(make_result: MakeResult) -> None:
    changed, same = {"a": [1.0] * 6}, {"b": [0.0] * 6, "c": [0.0] * 6}
    found = compare(make_result(SIX, {"a": [0.0] * 6, **same}), make_result(SIX, {**changed, **same})).differences
    assert [difference.p_adjusted for difference in found] == [6 / 64, 1.0, 1.0]


def test_other_data_clusters_safeguards_and_versions_are_told(make_result: MakeResult, provenance: Provenance) -> None:
    old = make_result(SIX, {"accuracy": [1] * 6}, provenance=replace(provenance, scored_by={"notes": "cross-fitted"}))
    changed = replace(provenance, version="0.3.0", data={"notes.jsonl": "bb" * 32}, scored_by={"notes": "as trained"})
    new = make_result({**SIX, "N5": "H0"}, {"accuracy": [1] * 6}, provenance=changed)
    comparison = compare(old, new)
    for told in (
        "notes.jsonl changed",
        "1 items of notes lie in another cluster than before (N5)",
        "notes was scored in another way: old “cross-fitted”, new “as trained”",
        "measured with hcplens 0.2.0 and 0.3.0",
    ):
        assert any(told in notice for notice in comparison.notices)
    assert comparison.differences[0].clusters == 5


def test_json_holds_every_figure_and_no_nan(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [0] * 6, "precision": np.zeros((6, 2))})
    new = make_result(SIX, {"accuracy": [1] * 6, "precision": [1] * 6})
    record = json.loads(comparison_json(compare(old, new)))
    accuracy, precision = record["figures"]
    assert (accuracy["key"], accuracy["difference"], accuracy["verdict"]) == ("notes/accuracy", 1.0, "better")
    assert (precision["old"], precision["difference"]) == (None, None)
    assert record["flips"][0]["better"] == 6
    assert record["old"]["data"] == {"notes.jsonl": "aa" * 32}


def test_a_false_claim_that_is_gone_counts_as_mended() -> None:
    items = ItemSet("notes", tuple(f"N{n}" for n in range(8)), tuple(f"H{n}" for n in range(8)))
    right, false = [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]
    old = measured("notes", "F1", F1, items, np.array([right] * 4 + [false] * 4), part="topic=cost")
    new = measured("notes", "F1", F1, items, np.array([right] * 4), part="topic=cost", rows=[0, 1, 2, 3])
    provenance = Provenance("0", "2026-01-01T00:00:00+00:00", 1.0, {}, "m", "e", {})
    [found] = compare(Result(provenance, (items,), (old,)), Result(provenance, (items,), (new,))).differences
    assert (found.old, found.new, found.items) == (pytest.approx(2 / 3), 1.0, 8)
    assert (found.only_old, found.only_new) == (0, 0)
