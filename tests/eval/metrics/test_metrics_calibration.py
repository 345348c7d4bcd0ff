from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from hcplens.eval.metrics import (
    Floats,
    brier_decomposition,
    calibration_error_by_chance,
    equal_mass_bins,
)
from hcplens.eval.metrics import calibration_error as error_in_bins

FORECASTS = st.lists(
    st.tuples(st.floats(0, 1).map(lambda p: round(p, 3)), st.sampled_from([0.0, 1.0])), min_size=1, max_size=60
)


def calibration_error(probabilities: Floats, outcomes: Floats, count: int = 10) -> float:
    return error_in_bins(probabilities, outcomes, equal_mass_bins(probabilities, count))


def test_bins_hold_as_many_each() -> None:
    probabilities = np.random.default_rng(1).permutation(np.arange(100) / 100)
    assert np.bincount(equal_mass_bins(probabilities, 10)).tolist() == [10] * 10
    assert np.bincount(equal_mass_bins(probabilities, 3)).tolist() == [34, 33, 33]


def test_equal_probabilities_share_a_bin() -> None:
    assert equal_mass_bins(np.array([0.2] * 50 + [0.9]), 5).tolist() == [0] * 50 + [1]
    assert equal_mass_bins(np.array([])).tolist() == []


def test_the_calibration_error_by_hand() -> None:
    probabilities, outcomes = np.array([0.1, 0.3, 0.6, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    # two bins: mean 0.2 against 0.5, mean 0.7 against 1
    assert calibration_error(probabilities, outcomes, 2) == pytest.approx(0.3)
    # one bin: 0.45 against 0.75
    assert calibration_error(probabilities, outcomes, 1) == pytest.approx(0.3)


def test_the_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    probabilities = random.random(1000)
    outcomes = (random.random(1000) < probabilities**2).astype(float)
    observed, predicted = calibration_curve(outcomes, probabilities, n_bins=10, strategy="quantile")
    assert calibration_error(probabilities, outcomes) == pytest.approx(np.abs(observed - predicted).mean())


def test_probabilities_that_are_true_have_hardly_an_error_and_others_have() -> None:
    random = np.random.default_rng(4)
    probabilities = random.random(20_000)
    outcomes = (random.random(20_000) < probabilities).astype(float)
    assert calibration_error(probabilities, outcomes) < 0.02
    assert calibration_error(probabilities / 2, outcomes) == pytest.approx(0.25, abs=0.02)


def test_the_error_that_chance_makes_is_known_for_one_bin() -> None:
    """A mean of n outcomes has the standard deviation sqrt(p (1 - p) / n), so its distance from p has a known mean."""
    probabilities = np.full(400, 0.3)
    drawn = calibration_error_by_chance(probabilities, equal_mass_bins(probabilities), draws=4000)
    deviation = np.sqrt(0.3 * 0.7 / 400)
    assert drawn.mean() == pytest.approx(deviation * np.sqrt(2 / np.pi), rel=0.05)
    assert np.quantile(drawn, 0.95) == pytest.approx(1.96 * deviation, rel=0.05)


def test_the_error_that_chance_makes_covers_19_of_20_calibrated_models() -> None:
    random = np.random.default_rng(6)
    probabilities = random.random(600)
    bins = equal_mass_bins(probabilities)
    most = np.quantile(calibration_error_by_chance(probabilities, bins), 0.95)
    errors = [
        error_in_bins(probabilities, (random.random(600) < probabilities).astype(float), bins) for _ in range(400)
    ]
    assert np.mean(np.array(errors) <= most) == pytest.approx(0.95, abs=0.04)


def test_chance_makes_no_error_where_nothing_is_left_to_it_and_the_seed_decides() -> None:
    sure, bins = np.array([0.0, 1.0]), np.array([0, 1])
    assert not calibration_error_by_chance(sure, bins).any()
    unsure = np.array([0.2, 0.7])
    assert (calibration_error_by_chance(unsure, bins) == calibration_error_by_chance(unsure, bins)).all()
    assert (calibration_error_by_chance(unsure, bins) != calibration_error_by_chance(unsure, bins, seed=1)).any()


def test_no_forecasts_have_no_error() -> None:
    with pytest.raises(ValueError, match="no calibration error"):
        error_in_bins(np.array([]), np.array([]), np.array([], dtype=np.intp))


def test_the_parts_of_a_brier_score_by_hand() -> None:
    """Murphy's own case: few distinct forecasts, a bin each."""
    probabilities, outcomes = np.array([0.2, 0.2, 0.2, 0.2, 0.8, 0.8]), np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    parts = brier_decomposition(probabilities, outcomes, np.array([0, 0, 0, 0, 1, 1]))
    assert parts.reliability == pytest.approx((4 * 0.05**2 + 2 * 0.2**2) / 6)
    assert parts.resolution == pytest.approx((4 * 0.25**2 + 2 * 0.5**2) / 6)
    assert parts.uncertainty == pytest.approx(0.25)


def test_nothing_cannot_be_decomposed() -> None:
    with pytest.raises(ValueError, match="nothing to decompose"):
        brier_decomposition(np.array([]), np.array([]), np.array([], dtype=np.intp))


@given(FORECASTS, st.integers(1, 12))
def test_the_parts_add_up_to_the_brier_score(rows: list[tuple[float, float]], count: int) -> None:
    probabilities, outcomes = np.array(rows).T
    parts = brier_decomposition(probabilities, outcomes, equal_mass_bins(probabilities, count))
    score = brier_score_loss(outcomes, probabilities, labels=[0, 1])
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(score)
    assert parts.reliability >= 0


@given(FORECASTS, st.randoms())
def test_the_order_of_forecasts_changes_nothing(rows: list[tuple[float, float]], random: Random) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert calibration_error(*np.array(rows).T) == pytest.approx(calibration_error(*np.array(mixed).T))
