from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from hcplens.eval.metrics import (
    AUC,
    F1,
    FORMULAS,
    MACRO_F1,
    MEAN_ABSOLUTE,
    RATIO,
    SHARE,
    Floats,
    claim_counts,
    label_counts,
    means,
    precision_counts,
    recall_counts,
)

LABELS = ["cost", "safety", "supply"]
label_sets = st.lists(st.sets(st.sampled_from(LABELS)), min_size=1, max_size=20)


def array(*rows: tuple[float, ...]) -> Floats:
    return np.asarray(rows, dtype=np.float64)


def test_f1_by_hand() -> None:
    counts = claim_counts([{"cost", "safety"}, {"cost"}, set()], [{"cost"}, {"supply"}, {"cost", "safety"}])
    assert counts.tolist() == [[1, 2, 1], [0, 1, 1], [0, 0, 2]]
    assert F1.value(counts) == pytest.approx(2 * 1 / (3 + 4))
    assert SHARE.value(precision_counts(counts)) == pytest.approx(1 / 3)
    assert SHARE.value(recall_counts(counts)) == pytest.approx(1 / 4)


def test_f1_is_one_where_nothing_is_claimed_and_nothing_true() -> None:
    assert F1.value(array((0, 0, 0))) == 1.0


def test_a_share_of_nothing_is_undefined() -> None:
    assert math.isnan(SHARE.value(array((0, 0))))


def test_a_mean_weighs_items_alike() -> None:
    assert RATIO.value(means([1.0, 2.0, 6.0])) == 3.0


def test_mean_absolute_takes_the_absolute_value_of_each_column() -> None:
    assert MEAN_ABSOLUTE.value(array((0.3, 0, 1), (-0.1, 0, 1), (0, -0.4, 1))) == pytest.approx((0.2 + 0.4) / 3)


def test_auc_by_hand_with_a_tie() -> None:
    scored = array((0.1, 0), (0.4, 0), (0.4, 1), (0.8, 1))
    assert AUC.value(scored) == pytest.approx((2 + 1 + 0.5) / 4)


@pytest.mark.parametrize("items", [300, 1500])
def test_auc_is_that_of_scikit_learn_also_weighted(items: int) -> None:
    random = np.random.default_rng(3)
    scores, truth = random.normal(size=items).round(1), random.random(items) < 0.3
    weights = random.integers(0, 4, items).astype(np.float64)
    statistics = np.column_stack([scores, truth]).astype(np.float64)
    found = AUC.values(np.stack([np.ones(items), weights]), statistics)
    assert found[0] == pytest.approx(roc_auc_score(truth, scores))
    assert found[1] == pytest.approx(roc_auc_score(truth, scores, sample_weight=weights))


def test_auc_of_one_class_is_undefined() -> None:
    assert math.isnan(AUC.value(array((0.1, 1), (0.7, 1))))


@given(claimed=label_sets, data=st.data())
def test_micro_and_macro_f1_are_those_of_scikit_learn(claimed: list[set[str]], data: st.DataObject) -> None:
    true = data.draw(st.lists(st.sets(st.sampled_from(LABELS)), min_size=len(claimed), max_size=len(claimed)))
    y_claimed, y_true = ([[label in s for label in LABELS] for s in side] for side in (claimed, true))
    known = [i for i, label in enumerate(LABELS) if any(label in s for s in (*claimed, *true))]
    if not known:
        return
    micro = f1_score(y_true, y_claimed, average="micro", labels=known, zero_division=0.0)
    macro = f1_score(y_true, y_claimed, average="macro", labels=known, zero_division=0.0)
    assert F1.value(claim_counts(claimed, true)) == pytest.approx(micro)
    assert MACRO_F1.value(label_counts(claimed, true, LABELS)) == pytest.approx(macro)


@given(true=label_sets)
def test_a_perfect_run_scores_one(true: list[set[str]]) -> None:
    assert F1.value(claim_counts(true, true)) == 1.0
    if any(true):
        assert MACRO_F1.value(label_counts(true, true, LABELS)) == 1.0


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 6), min_size=1))
def test_the_order_of_items_changes_nothing(rows: list[tuple[float, ...]]) -> None:
    statistics = array(*rows)
    shuffled = statistics[np.random.default_rng(1).permutation(len(rows))]
    for formula, columns in ((F1, 3), (MACRO_F1, 6), (SHARE, 2), (RATIO, 2), (MEAN_ABSOLUTE, 6)):
        one, other = formula.value(statistics[:, :columns]), formula.value(shuffled[:, :columns])
        assert one == pytest.approx(other, nan_ok=True)


def test_every_formula_goes_by_its_name() -> None:
    assert all(formula.name == name for name, formula in FORMULAS.items())
