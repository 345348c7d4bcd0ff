"""The figures of a suite as tables: those of all items first, then each metric by its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from ..metrics import Estimate
from ..results import ALL, Figure
from .axis import Axis
from .interval_drawing import IntervalDrawing, draw_interval, interval_axis


@dataclass(frozen=True)
class FigureRow:
    """A figure as it is written and drawn; `name` is its metric, or its part in a table of parts."""

    figure: Figure
    name: str
    value: str
    interval: str
    caution: str
    drawing: IntervalDrawing | None


@dataclass(frozen=True)
class PartTable:
    """A metric by the parts of one dimension, such as topic, the best first; `overall` is that of all items."""

    metric: str
    dimension: str
    overall: FigureRow | None
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True)
class SuiteTables:
    """All figures of a suite."""

    suite: str
    rows: tuple[FigureRow, ...]
    parts: tuple[PartTable, ...]

    @property
    def main(self) -> FigureRow | None:
        """What the suite is known by: its first figure of all items that has an interval, else its first."""
        drawn = [row for row in self.rows if row.interval]
        return next(iter(drawn or self.rows), None)


def suite_tables(suite: str, figures: Iterable[Figure]) -> SuiteTables:
    """The tables of one suite from the figures of a result."""
    of_metric: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.suite == suite:
            of_metric.setdefault(figure.metric, []).append(figure)
    rows: list[FigureRow] = []
    parts: list[PartTable] = []
    for metric, found in of_metric.items():
        axis = interval_axis(found)
        whole = [figure for figure in found if figure.part == ALL]
        rows += [_row(figure, metric, axis) for figure in whole]
        parts += _part_tables(metric, [figure for figure in found if figure.part != ALL], whole, axis)
    return SuiteTables(suite, tuple(rows), tuple(parts))


def _part_tables(metric: str, parts: Sequence[Figure], whole: Sequence[Figure], axis: Axis) -> list[PartTable]:
    by_dimension: dict[str, list[Figure]] = {}
    for figure in parts:
        by_dimension.setdefault(_dimension_and_name(figure.part)[0], []).append(figure)
    reference = whole[0].estimate if whole else None
    return [
        PartTable(
            metric,
            dimension,
            _row(whole[0], ALL, axis) if whole else None,
            tuple(
                _row(figure, _dimension_and_name(figure.part)[1], axis, reference)
                for figure in sorted(found, key=_best_first)
            ),
        )
        for dimension, found in by_dimension.items()
    ]


def _dimension_and_name(part: str) -> tuple[str, str]:
    """`topic=coverage` is coverage of the dimension topic; a part without a dimension is just a part."""
    dimension, equals, name = part.partition("=")
    return (dimension, name) if equals else ("part", part)


def _best_first(figure: Figure) -> tuple[bool, float]:
    value = figure.estimate.value
    if not isfinite(value):
        return True, 0.0
    return False, value if figure.better == "lower" else -value


def _row(figure: Figure, name: str, axis: Axis, reference: Estimate | None = None) -> FigureRow:
    return FigureRow(
        figure=figure,
        name=name,
        value=figure.estimate.value_text,
        interval=figure.estimate.interval_text,
        caution=figure.estimate.caution,
        drawing=draw_interval(figure, axis, reference),
    )
