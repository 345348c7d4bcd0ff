from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.metrics import Estimate
from hcplens.eval.report.numbers import interval_text, number, value_text


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
    assert value_text(estimate) == "0.00240"
    assert interval_text(estimate) == "−0.00010 – 0.00490"


def test_a_count_stays_whole_and_has_no_interval() -> None:
    assert value_text(Estimate(300.0, None, None, 300, 0)) == "300"
    assert value_text(Estimate(math.nan, None, None, 300, 0)) == "not defined"
    assert interval_text(Estimate(300.0, None, None, 300, 0)) == ""


@given(st.floats(-1e12, 1e12))
def test_what_is_written_is_the_number_to_half_a_percent(value: float) -> None:
    written = float(number(value).replace(",", "").replace("−", "-"))
    assert written == pytest.approx(value, rel=0.05, abs=1e-9)
