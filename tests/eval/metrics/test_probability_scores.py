from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, log_loss

from hcplens.eval.metrics import brier_excesses, brier_scores, log_loss_excesses, log_losses, rank_correlation

PROBABILITIES = st.floats(0.01, 0.99)
SOME = st.lists(st.tuples(PROBABILITIES, st.booleans()), min_size=1, max_size=20)


def test_losses_equal_the_hand_computed_ones() -> None:
    predicted, outcomes = np.array([0.8, 0.8, 0.5]), np.array([1.0, 0.0, 0.5])
    assert log_losses(predicted, outcomes) == pytest.approx([-math.log(0.8), -math.log(0.2), math.log(2)])
    assert brier_scores(predicted, outcomes) == pytest.approx([0.04, 0.64, 0.25])


@given(SOME)
def test_mean_losses_are_those_of_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    predicted, outcomes = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    assert log_losses(predicted, outcomes).mean() == pytest.approx(log_loss(outcomes, predicted, labels=[0, 1]))
    if 0 < outcomes.mean() < 1:
        assert brier_scores(predicted, outcomes).mean() == pytest.approx(brier_score_loss(outcomes, predicted))


@given(PROBABILITIES, PROBABILITIES)
@example(0.010000000000000002, 0.01)
def test_the_excess_is_the_loss_beyond_that_of_the_truth_and_never_negative(found: float, true: float) -> None:
    predicted, truth = np.array([found]), np.array([true])
    for loss, excess in ((log_losses, log_loss_excesses), (brier_scores, brier_excesses)):
        beyond = loss(predicted, truth) - loss(truth, truth)
        assert excess(predicted, truth) == pytest.approx(beyond, abs=1e-12)
        assert excess(predicted, truth)[0] >= 0
        assert excess(truth, truth)[0] == 0


def test_what_was_held_impossible_costs_as_much_as_one_in_a_million() -> None:
    sure, outcomes = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    dear = -math.log(1e-6)
    assert log_losses(sure, outcomes) == pytest.approx([dear, dear])
    assert log_loss_excesses(sure, outcomes) == pytest.approx([dear, dear])
    assert log_losses(sure, 1 - outcomes) == pytest.approx([0.0, 0.0], abs=1e-5)


@given(st.lists(st.tuples(PROBABILITIES, PROBABILITIES), min_size=3, max_size=10))
def test_the_rank_correlation_is_that_of_scipy(rows: list[tuple[float, float]]) -> None:
    found, true = (np.array(column) for column in zip(*rows, strict=True))
    if len(set(found)) > 1 and len(set(true)) > 1:
        assert rank_correlation(found, true) == pytest.approx(spearmanr(found, true).statistic)
    else:
        assert math.isnan(rank_correlation(found, true))


def test_equal_orders_correlate_fully_and_opposite_ones_inversely() -> None:
    rising = np.array([0.1, 0.2, 0.9])
    assert rank_correlation(rising, rising**2) == pytest.approx(1.0)
    assert rank_correlation(rising, -rising) == pytest.approx(-1.0)
