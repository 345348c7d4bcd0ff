from __future__ import annotations

import math

import pytest

from hcplens.eval.metrics import RATIO, SHARE, Estimate, means
from hcplens.eval.report.interval_drawing import draw_interval, interval_axis
from hcplens.eval.results import Figure, ItemSet, measured, reading

ITEMS = ItemSet("notes", tuple(f"N{i}" for i in range(40)), tuple(f"H{i}" for i in range(40)))
HALF = [0.0, 1.0] * 20


def test_a_share_is_drawn_from_0_to_1() -> None:
    figure = measured("notes", "recall", SHARE, ITEMS, means(HALF))
    drawing = draw_interval(figure, interval_axis([figure]), figure.estimate)
    assert drawing is not None
    assert drawing.value == drawing.reference == drawing.width / 2
    assert drawing.low is not None
    assert drawing.high is not None
    assert drawing.start < drawing.low < drawing.value < drawing.high < drawing.end
    assert drawing.ends == ()


def test_what_is_no_share_has_an_axis_of_its_own_that_begins_or_ends_at_0() -> None:
    figure = measured("notes", "gain", RATIO, ITEMS, means([40 * half + 10 for half in HALF]))
    drawing = draw_interval(figure, interval_axis([figure]))
    assert drawing is not None
    assert drawing.ends == ("0", "40")
    assert drawing.value == pytest.approx(drawing.start + (drawing.end - drawing.start) * 30 / 40, abs=0.1)


def test_without_an_interval_only_the_point_is_drawn() -> None:
    few = ItemSet("notes", ("a", "b"), ("A", "B"))
    figure = measured("notes", "recall", SHARE, few, means([1.0, 0.0]))
    drawing = draw_interval(figure, interval_axis([figure]))
    assert drawing is not None
    assert (drawing.low, drawing.high) == (None, None)


def test_readings_and_undefined_figures_are_not_drawn() -> None:
    speed = reading("speed", "notes a second", 812.5, items=10)
    undefined = Figure("notes", "precision", "all", Estimate(math.nan, None, None, 10, 10))
    assert draw_interval(speed, interval_axis([speed])) is None
    assert draw_interval(undefined, interval_axis([undefined])) is None
