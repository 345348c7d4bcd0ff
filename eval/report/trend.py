"""How a figure moved over results: its values in order of time, each with its interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from typing import ClassVar

from ..results import Figure, Result
from .axis import Axis, Tick, axis_around
from .interval_drawing import is_bounded, reached
from .named_results import NamedResult

_WIDTH, _HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, _WIDTH - 18, 12, _HEIGHT - 28


@dataclass(frozen=True)
class TrendPoint:
    """A figure of one result, and its place.

    Attributes:
        named: the result.
        figure: the figure in it.
        same_items: whether it was measured on the very items of the newest result.
        x: place of the result; results are evenly spaced.
        y: place of the value.
        low: place of the interval's lower end, or None.
        high: place of the interval's upper end, or None.
    """

    named: NamedResult
    figure: Figure
    same_items: bool
    x: float
    y: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TrendDrawing:
    """The points of one figure in `width` by `height` units, oldest first.

    Attributes:
        figure: the figure of the newest result.
        points: where it is defined.
        lines: runs of points of neighbouring results, as SVG writes them.
        bands: the intervals along those runs, as SVG polygons.
        y_ticks: of the value axis.
        x_ticks: the first and the last result, by date.
    """

    width: ClassVar[int] = _WIDTH
    height: ClassVar[int] = _HEIGHT
    left: ClassVar[int] = _LEFT
    right: ClassVar[int] = _RIGHT
    bottom: ClassVar[int] = _BOTTOM
    figure: Figure
    points: tuple[TrendPoint, ...]
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


def draw_trend(figure: Figure, results: Sequence[NamedResult]) -> TrendDrawing:
    """The trend of a figure of the newest result.

    Args:
        figure: in the newest result.
        results: newest first, at least one.
    """
    oldest_first = tuple(reversed(results))
    found = {place: then for place, named in enumerate(oldest_first) if (then := _same_figure(figure, named.result))}
    x_axis, y_axis = _x_axis(len(results)), _y_axis(figure, found.values())
    newest = _items(figure, results[0].result)
    points = {
        place: _point(oldest_first[place], then, newest, x_axis.at(place), y_axis) for place, then in found.items()
    }
    runs = [run for run in _runs(points) if len(run) > 1]
    return TrendDrawing(
        figure=figure,
        points=tuple(points.values()),
        lines=tuple(_line(run) for run in runs),
        bands=tuple(_band(run) for run in runs if all(point.low is not None for point in run)),
        y_ticks=y_axis.ticks,
        x_ticks=tuple(
            Tick(x_axis.at(place), f"{oldest_first[place].measured_at:%Y-%m-%d}")
            for place in sorted({0, len(results) - 1})
        ),
    )


def _same_figure(figure: Figure, result: Result) -> Figure | None:
    """The figure as that result has it; None where it was not measured or is not defined."""
    found = next((other for other in result.figures if other.key == figure.key), None)
    return found if found and isfinite(found.estimate.value) else None


def _y_axis(figure: Figure, found: Iterable[Figure]) -> Axis:
    values = [value for then in found for value in reached(then.estimate)]
    return axis_around(values, _BOTTOM, _TOP, within=(0.0, 1.0) if is_bounded(figure) else None)


def _x_axis(results: int) -> Axis:
    if results == 1:
        return Axis(-1.0, 1.0, _LEFT, _RIGHT, 1.0)
    return Axis(0.0, results - 1.0, _LEFT + 12, _RIGHT - 12, 1.0)


def _point(named: NamedResult, figure: Figure, newest: object, x: float, y_axis: Axis) -> TrendPoint:
    estimate = figure.estimate
    return TrendPoint(
        named,
        figure,
        _items(figure, named.result) == newest,
        x,
        y_axis.at(estimate.value),
        None if estimate.low is None else y_axis.at(estimate.low),
        None if estimate.high is None else y_axis.at(estimate.high),
    )


def _items(figure: Figure, result: Result) -> tuple[str, ...]:
    """The items behind a figure; none for a reading."""
    if figure.basis is None:
        return ()
    items = result.item_set(figure.basis.item_set)
    return tuple(items.ids[row] for row in figure.basis.rows)


def _runs(points: dict[int, TrendPoint]) -> Iterator[list[TrendPoint]]:
    """Points of results that follow each other without a gap."""
    for _, run in groupby(enumerate(points), key=lambda numbered: numbered[1] - numbered[0]):
        yield [points[place] for _, place in run]


def _line(run: Sequence[TrendPoint]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in run)


def _band(run: Sequence[TrendPoint]) -> str:
    above = [f"{point.x},{point.high}" for point in run]
    below = [f"{point.x},{point.low}" for point in reversed(run)]
    return " ".join([*above, *below])
