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
    """A metric by the parts of the same dimensions, the best first; `overall` is that of all items.

    `dimension` is such as `topic`, or `statements and topic` where parts are of both.
    """

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
    by_dimensions: dict[frozenset[str], list[Figure]] = {}
    for figure in parts:
        by_dimensions.setdefault(frozenset(_values(figure.part)), []).append(figure)
    overall = _row(whole[0], ALL, axis) if whole else None
    reference = whole[0].estimate if whole else None
    return [_part_table(metric, found, overall, axis, reference) for found in by_dimensions.values()]


def _part_table(
    metric: str, parts: Sequence[Figure], overall: FigureRow | None, axis: Axis, reference: Estimate | None
) -> PartTable:
    dimensions = list(_values(parts[0].part))
    rows = []
    for figure in sorted(parts, key=_best_first):
        values = _values(figure.part)
        rows.append(_row(figure, ", ".join(values[dimension] for dimension in dimensions), axis, reference))
    first, last = ", ".join(dimensions[:-1]), dimensions[-1]
    return PartTable(metric, f"{first} and {last}" if first else last, overall, tuple(rows))


def _values(part: str) -> dict[str, str]:
    """What a part is of each dimension: `brand=A, topic=cost`; whatever names no dimension is just a part."""
    found: dict[str, str] = {}
    for piece in part.split(", "):
        dimension, _, value = piece.partition("=") if "=" in piece else ("part", "", piece)
        found[dimension] = f"{found[dimension]}, {value}" if dimension in found else value
    return found


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
