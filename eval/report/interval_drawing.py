"""An estimate and its interval as a point on a bar, small enough for a table's row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from ..metrics import FORMULAS, Estimate, number
from ..results import Figure
from .axis import Axis, axis_around

_START, _END = 8, 192


@dataclass(frozen=True)
class IntervalDrawing:
    """Places in a drawing of `width` units; `low` and `high` are None where there is no interval.

    Attributes:
        value: the point.
        low: the bar's left end.
        high: the bar's right end.
        reference: a line to compare with, the figure of all items; or None.
        ends: what the axis begins and ends with; empty for 0 and 1, which the table's head says once.
    """

    width: ClassVar[int] = 200
    start: ClassVar[int] = _START
    end: ClassVar[int] = _END
    value: float
    low: float | None
    high: float | None
    reference: float | None
    ends: tuple[str, ...]


def is_bounded(figure: Figure) -> bool:
    """Whether the figure lies in [0, 1] by its formula."""
    formula = FORMULAS.get(figure.basis.formula) if figure.basis else None
    return formula is not None and formula.bounded


def interval_axis(figures: Sequence[Figure]) -> Axis:
    """The axis that figures of one metric share: 0 to 1 if bounded, else from 0 to what the intervals reach."""
    if all(is_bounded(figure) for figure in figures):
        return Axis(0.0, 1.0, _START, _END, 1.0)
    reach = [value for figure in figures for value in reached(figure.estimate)]
    return axis_around([0.0, *reach], _START, _END, within=None)


def reached(estimate: Estimate) -> list[float]:
    """The value and both ends of its interval, as far as they are known."""
    return [value for value in (estimate.value, estimate.low, estimate.high) if value is not None and isfinite(value)]


def draw_interval(figure: Figure, axis: Axis, reference: Estimate | None = None) -> IntervalDrawing | None:
    """The drawing; None for an undefined value, and for a reading, which has neither interval nor scale."""
    estimate = figure.estimate
    if not isfinite(estimate.value) or (figure.basis is None and estimate.low is None):
        return None
    return IntervalDrawing(
        value=axis.at(estimate.value),
        low=None if estimate.low is None else axis.at(estimate.low),
        high=None if estimate.high is None else axis.at(estimate.high),
        reference=axis.at(reference.value) if reference is not None and isfinite(reference.value) else None,
        ends=() if (axis.low, axis.high) == (0.0, 1.0) else (_end(axis.low, axis), _end(axis.high, axis)),
    )


def _end(value: float, axis: Axis) -> str:
    written = number(value, [axis.low, axis.high])
    return written.rstrip("0").rstrip(".") if "." in written else written
