from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.calibration import Platt, best_threshold, each_threshold


def one_label(scores: list[float], truth: list[int], documents: list[int] | None = None) -> float:
    rows = np.asarray(scores)[:, None], np.asarray(truth, dtype=bool)[:, None]
    return float(best_threshold(*rows, np.asarray(documents or range(len(scores))))[0])


def test_the_threshold_lies_between_the_scores_where_f1_is_largest() -> None:
    # claimed 1..6 → F1 2·1/(1+3), 2·2/(2+3), 2·2/(3+3), 2·3/(4+3) = 0.857, 2·3/(5+3), 2·3/(6+3)
    assert one_label([0.9, 0.8, 0.7, 0.6, 0.4, 0.1], [1, 1, 0, 1, 0, 0]) == pytest.approx(0.5)


def test_one_late_hit_does_not_move_the_threshold() -> None:
    # F1 0.5, 0.8, 0.667, 0.571, 0.5, 0.667: two claims are best
    assert one_label([0.9, 0.8, 0.7, 0.6, 0.4, 0.1], [1, 1, 0, 0, 0, 1]) == pytest.approx(0.75)


def test_where_everything_is_true_everything_is_claimed() -> None:
    assert one_label([0.4, 0.2], [1, 1]) == pytest.approx(0.1)


def test_without_positives_the_threshold_is_a_half() -> None:
    assert one_label([0.9, 0.1], [0, 0]) == 0.5


def test_equal_scores_are_claimed_together_or_not_at_all() -> None:
    # the four rows at 0.5 cannot be told apart: claiming them all gives F1 2·2/(5+2), claiming 0.9 alone 2·1/(1+2)
    assert one_label([0.9, 0.5, 0.5, 0.5, 0.5], [1, 1, 0, 0, 0]) == pytest.approx(0.7)
    assert one_label([0.5, 0.5, 0.5], [1, 0, 0]) < 0.5


def test_a_document_counts_once_by_its_best_clause() -> None:
    # documents: 0 → 0.9 true, 1 → 0.6 false, 2 → 0.3 true; the clause of document 0 at 0.2 is not missed
    threshold = one_label([0.9, 0.2, 0.6, 0.3], [1, 1, 0, 1], [0, 0, 1, 2])
    assert threshold == pytest.approx(0.15)


def test_a_label_with_fifty_documents_has_a_threshold_of_its_own() -> None:
    truth = np.zeros((200, 3), dtype=bool)
    truth[:50, 0], truth[:10, 1], truth[:10, 2] = True, True, True
    scores = np.where(truth, [0.9, 0.5, 0.5], [0.3, 0.1, 0.1])
    thresholds = best_threshold(scores, truth, np.arange(200))
    assert thresholds == pytest.approx([0.6, 0.4, 0.4])


def test_rare_labels_share_the_cut_at_which_the_mean_of_their_f1_is_largest() -> None:
    # from 0.5 on the first label has F1 1 and the second 0; from 0.2 on 6/7 (three of four are right) and 1
    first, second = [0.9, 0.8, 0.6, 0.3], [0.1, 0.1, 0.1, 0.2]
    truth = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=bool)
    assert each_threshold(np.array([first, second]).T, truth) == pytest.approx([0.11, 0.11])


def test_a_frequent_label_is_claimed_where_its_examples_say() -> None:
    truth = np.arange(100)[:, None] < 30
    assert each_threshold(np.where(truth, 0.4, 0.1), truth) == pytest.approx([0.25])


def test_a_label_without_positives_takes_the_cut_of_the_other_rare_ones_or_one_half() -> None:
    scores, truth = np.array([[0.3, 0.2], [0.1, 0.1]]), np.array([[True, False], [False, False]])
    assert each_threshold(scores, truth) == pytest.approx([0.11, 0.11])
    assert each_threshold(scores, np.zeros_like(truth)) == pytest.approx([0.5, 0.5])


def test_platt_scaling_recovers_the_curve_that_drew_the_labels() -> None:
    random = np.random.default_rng(5)
    log_odds = random.normal(0, 2, (20_000, 1))
    truth = random.random((20_000, 1)) < 1 / (1 + np.exp(-(0.5 * log_odds - 1)))
    platt = Platt.fit(log_odds, truth)
    assert platt.slope == pytest.approx(0.5, abs=0.05)
    assert platt.intercept == pytest.approx(-1, abs=0.05)


@given(st.lists(st.floats(-40, 40), min_size=2, max_size=20), st.floats(0.05, 3), st.floats(-3, 3))
def test_calibration_keeps_the_order_and_stays_within_0_and_1(
    scores: list[float], slope: float, intercept: float
) -> None:
    probabilities = Platt(slope, intercept).apply(np.sort(np.asarray(scores)))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=30))
def test_a_fitted_curve_never_turns_the_order_round(rows: list[tuple[float, bool]]) -> None:
    scores, truth = np.asarray([[s] for s, _ in rows]), np.asarray([[t] for _, t in rows])
    assert Platt.fit(scores, truth).slope > 0


@pytest.mark.parametrize("truth", [True, False])
def test_one_class_alone_leaves_the_scores_as_they_are(truth: bool) -> None:
    assert Platt.fit(np.asarray([[1.0], [2.0]]), np.full((2, 1), truth)) == Platt(1.0, 0.0)


def test_a_label_that_was_never_learned_is_all_but_impossible() -> None:
    assert Platt(2.0, 1.0).apply(np.asarray([-math.inf]))[0] == pytest.approx(1e-6)
