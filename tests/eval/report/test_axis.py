from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.report.axis import Axis, axis_around, round_step


def test_values_go_to_their_places_and_no_further_than_the_ends() -> None:
    axis = Axis(0.0, 1.0, 10.0, 110.0, 0.5)
    assert [axis.at(value) for value in (0.0, 0.25, 1.0, -3.0, 7.0)] == [10.0, 35.0, 110.0, 10.0, 110.0]


def test_ticks_are_multiples_of_the_step_as_they_are_read() -> None:
    ticks = Axis(-0.25, 0.5, 0.0, 300.0, 0.25).ticks
    assert [(tick.at, tick.label) for tick in ticks] == [
        (0.0, "−0.25"),
        (100.0, "0.00"),
        (200.0, "0.25"),
        (300.0, "0.50"),
    ]
    assert [tick.label for tick in Axis(300.0, 350.0, 0.0, 1.0, 25.0).ticks] == ["300", "325", "350"]


@pytest.mark.parametrize(("least", "step"), [(0.1, 0.1), (0.11, 0.2), (0.21, 0.25), (3.0, 5.0), (51.0, 100.0)])
def test_a_step_is_round(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


def test_an_axis_of_shares_stays_between_0_and_1() -> None:
    axis = axis_around([1.0, 1.0], 0.0, 100.0, within=(0.0, 1.0))
    assert axis.low == pytest.approx(0.9)
    assert axis.high == 1.0
    assert axis.at(1.0) == 100.0


def test_an_axis_without_values_is_that_of_shares() -> None:
    axis = axis_around([], 0.0, 100.0, within=None)
    assert (axis.low, axis.high) == (0.0, 1.0)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_an_axis_holds_its_values_and_has_a_few_ticks(values: list[float]) -> None:
    axis = axis_around(values, 0.0, 100.0, within=None)
    rounding = 1e-8 * (axis.high - axis.low)
    assert axis.low <= min(values) + rounding
    assert axis.high >= max(values) - rounding
    assert 2 <= len(axis.ticks) <= 7
    assert all(0.0 <= axis.at(value) <= 100.0 for value in values)


def test_values_too_far_apart_for_a_number_are_left_to_the_ends() -> None:
    axis = axis_around([-1e308, 0.0, 4.0, 1e308], 0, 100, within=None)
    assert (axis.low, axis.high) == (0, 4)
    assert axis.at(1e308) == 100
    assert axis_around([1e308, -1e308], 0, 100, within=None).high == 1
