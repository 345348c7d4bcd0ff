from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.power import TTestIndPower

from hcplens.errors import InputError
from hcplens.eval.experiments import Baseline, TwoArms

UNIT = Baseline("mean", None, 1.0, "test")


def two_arms(control: float, treated: float, *, inflation: float = 1.0, baseline: Baseline = UNIT) -> TwoArms:
    return TwoArms(control, treated, control + treated, inflation, baseline, 0.05)


def rate(value: float) -> Baseline:
    return Baseline("rate", value, sqrt(value * (1 - value)), "test")


@pytest.mark.parametrize(("control", "treated", "effect"), [(64, 64, 0.5), (100, 50, 0.4), (20, 20, 1.2)])
def test_the_power_of_means_is_statsmodels(control: int, treated: int, effect: float) -> None:
    parts = (1 / control, 1 / treated)
    welch = sum(parts) ** 2 / (parts[0] ** 2 / (control - 1) + parts[1] ** 2 / (treated - 1))
    expected = TTestIndPower().power(effect, control, 0.05, treated / control, df=welch)
    assert two_arms(control, treated).power(effect) == pytest.approx(expected, abs=1e-9)


def test_the_textbook_sample_of_64_an_arm_finds_half_a_standard_deviation() -> None:
    assert two_arms(10, 10).needed(0.5, 0.8) == 128
    assert two_arms(64, 64).minimum_detectable_effect(0.8) == pytest.approx(0.4991, abs=1e-4)


def test_the_power_of_rates_is_the_normal_one_with_each_arms_variance() -> None:
    error = sqrt(0.1 * 0.9 / 2000 + 0.12 * 0.88 / 2000)
    expected = norm.sf(norm.isf(0.025) - 0.02 / error)
    assert two_arms(2000, 2000, baseline=rate(0.1)).power(0.02) == pytest.approx(expected, abs=1e-3)


def test_clusters_count_like_fewer_units_with_their_own_degrees_of_freedom() -> None:
    clustered = TwoArms(300, 300, 40, 3.0, UNIT, 0.05)
    expected = TTestIndPower().power(0.3, 100, 0.05, 1.0, df=38)
    assert clustered.power(0.3) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=50)
@given(st.floats(0.01, 1), st.integers(2, 10**6), st.floats(1, 20))
def test_the_smallest_effect_found_has_just_the_power_asked_for(spread: float, each: int, inflation: float) -> None:
    arms = two_arms(each, each, inflation=inflation, baseline=Baseline("mean", None, spread, "test"))
    smallest = arms.minimum_detectable_effect(0.8)
    assert smallest is not None
    assert arms.power(smallest) == pytest.approx(0.8, abs=1e-6)


@settings(max_examples=30)
@given(st.integers(2, 10**6))
def test_power_never_falls_as_the_effect_grows(each: int) -> None:
    arms = two_arms(each, each)
    powers = [arms.power(step / 20) or 0.0 for step in range(0, 100, 4)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(powers))
    assert arms.power(100.0) == pytest.approx(1.0)


@settings(max_examples=30)
@given(st.floats(0.05, 0.8), st.floats(0.05, 0.15))
def test_the_sample_needed_is_the_smallest_with_that_power(baseline: float, effect: float) -> None:
    arms = two_arms(50, 100, baseline=rate(baseline))
    needed = arms.needed(effect, 0.9)
    assert needed is not None
    assert (two_arms(needed / 3, needed * 2 / 3, baseline=rate(baseline)).power(effect) or 0) >= 0.9
    assert (two_arms((needed - 1) / 3, (needed - 1) * 2 / 3, baseline=rate(baseline)).power(effect) or 0) < 0.9


def test_too_few_units_find_nothing() -> None:
    assert two_arms(1, 1).power(1.0) is None
    assert two_arms(1, 1).minimum_detectable_effect(0.8) is None
    assert two_arms(2, 2, baseline=rate(0.9)).minimum_detectable_effect(0.8) is None


def test_an_effect_that_no_rate_can_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"an effect of 0.5 on a baseline rate of 0.8 gives 1.3, no rate"):
        two_arms(10, 10, baseline=rate(0.8)).power(0.5)
