"""Two results side by side."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcplens.errors import InputError
from hcplens.eval.comparison import compare, comparison_json
from hcplens.eval.comparison.pairing import Pairing
from hcplens.eval.metrics import COUNTED_SHARE, F1, RATIO, means
from hcplens.eval.results import Figure, ItemSet, Provenance, Result, measured, reading
from hcplens.eval.suites.macro_figures import macro_figures

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
        assert (found.p_value, found.p_adjusted, found.changed, found.family) == (None, None, 0, None)
        assert found.same_on_every_item
        assert found.verdict == "no difference shown"
    assert comparison.flips == ()
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


def test_figures_that_are_the_same_on_every_item_do_not_count_for_the_correction(make_result: MakeResult) -> None:
    same, before = {"same": [0.0] * 6}, {"a": [0.0] * 6, "b": [1, 0, 0, 0, 0, 0]}
    after = {"a": [1.0] * 6, "b": [0, 1, 0, 0, 0, 0]}
    comparison = compare(make_result(SIX, {**same, **before}), make_result(SIX, {**same, **after}))
    assert [found.p_adjusted for found in comparison.differences] == [None, 2 * 2 / 64, 1.0]
    assert comparison.families == {"whole": 2, "detail": 0}
    assert (comparison.tested, comparison.same_on_every_item) == (2, 1)


def test_200_parts_and_a_figure_without_direction_do_not_drown_the_headline(make_result: MakeResult) -> None:
    ten = {f"N{number}": f"H{number}" for number in range(10)}
    random = np.random.default_rng(0)

    def result(headline: list[float]) -> Result:
        whole = make_result(ten, {"accuracy": headline})
        length = make_result(ten, {"length": random.random(10).tolist()}, better="neither").figures
        parts = [
            figure
            for topic in range(200)
            for figure in make_result(ten, {"accuracy": random.random(10).tolist()}, part=f"topic={topic}").figures
        ]
        return replace(whole, figures=(*whole.figures, *length, *parts))

    comparison = compare(result([0.0] * 10), result([1.0] * 10))
    headline, length, *parts = comparison.differences
    assert (headline.p_value, headline.p_adjusted, headline.verdict) == (2 / 1024, 2 / 1024, "better")
    assert {found.family for found in (length, *parts)} == {"detail"}
    assert comparison.families == {"whole": 1, "detail": 201}
    record = json.loads(comparison_json(comparison))
    assert {family: told["tested"] for family, told in record["families"].items()} == {"whole": 1, "detail": 201}
    assert [found["family"] for found in record["figures"][:3]] == ["whole", "detail", "detail"]


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
    assert (found.new, found.items) == (1.0, 8)
    assert found.old == pytest.approx(2 / 3)
    assert (found.only_old, found.only_new) == (0, 0)


FORTY = ItemSet("physicians", tuple(f"P{n:02}" for n in range(40)), tuple(f"P{n:02}" for n in range(40)))


def of(*figures: Figure, items: ItemSet = FORTY) -> Result:
    return Result(Provenance("0", "2026-01-01T00:00:00+00:00", 1.0, {}, "m", "e", {}), (items,), figures)


def test_a_mean_is_compared_where_both_have_a_value_and_abstaining_is_told() -> None:
    distance = [0.0] * 20 + [2.0] * 20
    before = measured("profiles", "stage distance", RATIO, FORTY, means(distance), better="lower")
    after = measured("profiles", "stage distance", RATIO, FORTY, means([0.0] * 20), better="lower", rows=range(20))
    comparison = compare(of(before), of(after))
    [found] = comparison.differences
    assert (found.old, found.new, found.items, found.verdict) == (0.0, 0.0, 20, "no difference shown")
    assert (found.old_abstains, found.new_abstains, found.only_old, found.only_new) == (0, 20, 0, 0)
    [told] = comparison.notices
    assert told.startswith("the new system abstains")
    assert "20 of profiles/stage distance" in told
    assert compare(of(after), of(before)).differences[0].old_abstains == 20


def test_new_false_alarms_on_clean_notes_count_against_f1() -> None:
    items = ItemSet("notes", tuple(f"N{n:03}" for n in range(140)), tuple(f"H{n % 35}" for n in range(140)))
    right, false = [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]
    old = measured("triage", "flag F1", F1, items, np.array([right] * 40), rows=range(40))
    new = measured("triage", "flag F1", F1, items, np.array([right] * 40 + [false] * 100))
    comparison = compare(of(old, items=items), of(new, items=items))
    [found] = comparison.differences
    assert (found.old, found.items) == (1.0, 140)
    assert found.new == pytest.approx(80 / 180)
    assert (found.old_abstains, found.new_abstains, found.verdict) == (0, 0, "worse")
    assert comparison.notices == ()


def test_new_false_alarms_count_against_precision_though_no_note_has_more_than_one_claim() -> None:
    items = ItemSet("notes", tuple(f"N{n:03}" for n in range(80)), tuple(f"H{n % 20}" for n in range(80)))
    old = measured("triage", "flag precision", COUNTED_SHARE, items, np.array([[1.0, 1.0]] * 20), rows=range(20))
    new_rows = np.array([[1.0, 1.0]] * 20 + [[0.0, 1.0]] * 40)
    new = measured("triage", "flag precision", COUNTED_SHARE, items, new_rows, rows=range(60))
    for one, other, values, verdict in ((old, new, (1.0, 1 / 3), "worse"), (new, old, (1 / 3, 1.0), "better")):
        [found] = compare(of(one, items=items), of(other, items=items)).differences
        assert (found.old, found.new) == pytest.approx(values)
        assert (found.items, found.old_abstains, found.new_abstains, found.verdict) == (60, 0, 0, verdict)


def test_averages_over_other_labels_are_not_compared() -> None:
    items = ItemSet("notes", ("N1", "N2"), ("H1", "H2"))
    truths = [[{"a"}, {"b"}], [{"b"}, {"c"}]]
    old, new = (macro_figures("labels", "label", items, [{"b"}, {"b"}], true, {"all": [0, 1]})[0] for true in truths)
    pairing = Pairing(of(old, items=items), of(new, items=items))
    assert pairing.pair(old, new) == "the two results average over other labels"
    [same] = compare(of(old, items=items), of(old, items=items)).differences
    assert same.difference == 0


def test_an_infinite_number_is_null_in_json(make_result: MakeResult) -> None:
    base = make_result(SIX, {"accuracy": [1] * 6})
    finite = reading("notes", "ratio", 1.0, items=6)
    infinite = replace(finite, estimate=replace(finite.estimate, value=math.inf))
    old, new = (replace(base, figures=(*base.figures, figure)) for figure in (finite, infinite))
    found = json.loads(comparison_json(compare(old, new)))["figures"][1]
    assert (found["old"], found["new"], found["difference"]) == (1.0, None, None)


def test_results_that_weigh_items_differently_are_not_tested(make_result: MakeResult) -> None:
    old = make_result(SIX, {"accuracy": [0, 0, 0, 0, 0, 1]})
    weighted = replace(old.item_sets[0], weights=(2.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    new = replace(old, item_sets=(weighted,))
    with pytest.raises(InputError, match="or measured it differently"):
        compare(old, new)
    assert compare(new, new).differences[0].why_untested == ""
