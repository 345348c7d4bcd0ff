from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import Estimate, apart, interval_text, number


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.69, "0.690"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (-0.0766, "−0.077"),
        (0.0024, "0.00240"),
        (12.345, "12.35"),
        (812.5, "812.5"),
        (64_000.4, "64,000"),
        (math.nan, "not defined"),
        (math.inf, "not defined"),
    ],
)
def test_a_number_has_the_decimals_that_it_needs(value: float, written: str) -> None:
    assert number(value) == written


def test_a_value_and_its_interval_have_the_same_decimals() -> None:
    estimate = Estimate(0.0024, -0.0001, 0.0049, 900, 40)
    assert estimate.value_text == "0.00240"
    assert estimate.interval_text == "−0.00010 to 0.00490"


def test_a_count_stays_whole_and_has_no_interval() -> None:
    assert Estimate(300.0, None, None, 300, 0).value_text == "300"
    assert Estimate(math.nan, None, None, 300, 0).value_text == "not defined"
    assert Estimate(300.0, None, None, 300, 0).interval_text == ""


@given(st.floats(-1e12, 1e12))
def test_what_is_written_is_the_number_to_half_a_percent(value: float) -> None:
    written = float(number(value).replace(",", "").replace("−", "-"))
    assert written == pytest.approx(value, rel=0.05, abs=1e-9)


def test_a_difference_shows_its_sign() -> None:
    assert (number(-0.02, sign=True), number(0.02, sign=True)) == ("−0.020", "+0.020")
    assert number(-0.0001, [0.5]) == "0.000"
    assert interval_text(-0.1, 0.25, [0.4], sign=True) == "−0.100 to +0.250"
    assert interval_text(None, None, [0.4]) == ""


def test_two_figures_are_written_so_that_they_differ() -> None:
    assert apart(0.39996, 0.4) == ("0.39996", "0.40000")
    assert apart(0.4, 0.4) == ("0.400", "0.400")
