from __future__ import annotations

import numpy as np
import pytest

from hcplens.eval.results import ItemSet
from hcplens.eval.suites.reliability import Forecasts, calibration_figures, reliability_curve

ITEMS = ItemSet("notes", tuple(f"N{n}" for n in range(60)), tuple(f"H{n // 2}" for n in range(60)))


def forecasts() -> Forecasts:
    """Two probabilities a note: 0.2, of which a quarter came true, and 0.8, all of which did."""
    probabilities = np.tile([0.2, 0.8], 60)
    outcomes = np.column_stack([np.arange(60) % 4 == 0, np.ones(60)]).ravel().astype(np.float64)
    return Forecasts("claims", probabilities, outcomes, np.repeat(np.arange(60), 2))


def test_a_curve_has_predicted_and_observed_shares_with_clustered_intervals() -> None:
    curve = reliability_curve("notes", ITEMS, forecasts())
    low, high = curve.bins
    assert (low.predicted, low.observed, low.count) == pytest.approx((0.2, 0.25, 60))
    assert (high.predicted, high.observed, high.count) == pytest.approx((0.8, 1.0, 60))
    assert low.low is not None
    assert low.high is not None
    assert low.low < 0.25 < low.high
    assert high.low is not None
    assert high.low < 1 == high.high  # all of 30 physicians do not prove all


def test_figures_are_over_notes_and_physicians() -> None:
    figures = {figure.metric: figure.estimate for figure in calibration_figures("notes", ITEMS, forecasts())}
    score = figures["Brier score of claims"]
    assert score.value == pytest.approx((0.25 * 0.8**2 + 0.75 * 0.2**2 + 0.2**2) / 2)
    assert (score.items, score.clusters) == (60, 30)
    assert figures["Brier resolution of claims"].value == pytest.approx(0.375**2)


def test_a_calibration_error_is_a_reading_beside_what_chance_alone_would_make() -> None:
    figures = {figure.metric: figure for figure in calibration_figures("notes", ITEMS, forecasts())}
    error, chance = figures["calibration error of claims"], figures["calibration error by chance of claims"]
    assert error.estimate.value == pytest.approx((0.05 + 0.2) / 2)
    assert (error.basis, error.better, chance.basis, chance.better) == (None, "lower", None, "neither")
    # each bin: |mean of 60 draws - p|, of standard deviation sqrt(0.16 / 60) = 0.052; the error is the mean of two
    assert 0.06 < chance.estimate.value < 0.09
    most = f"{chance.estimate.value:.3f}"
    assert f"shows up to {most} by chance (95th percentile at this n)" in error.note
    assert "over 120 probabilities, in 2 bins" in error.note


def test_there_are_15_bins_and_fewer_where_so_many_would_be_thin() -> None:
    random = np.random.default_rng(1)
    for count, bins in ((1000, 15), (120, 4), (20, 1)):
        rows = [(float(p), True, 0) for p in random.random(count)]
        assert Forecasts.of("claims", rows).bins().max() + 1 == bins


def test_nothing_foretold_has_no_figures() -> None:
    nothing = Forecasts("claims", np.array([]), np.array([]), np.array([], dtype=np.intp))
    assert calibration_figures("notes", ITEMS, nothing) == []
    assert reliability_curve("notes", ITEMS, nothing).bins == ()
