"""Figures of all items and of parts of them, from statistics computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics import Floats, Formula
from ..results import ALL, Better, Figure, ItemSet, measured


@dataclass(frozen=True)
class Measure:
    """A metric with the statistics (n, k) of all items.

    Attributes:
        metric: as in Figure.
        formula: as in `measured`.
        statistics: (n, k); a row of zeros is an item that has nothing to do with the metric.
        concerned: whether a figure counts only the items that have something to do with the metric.
        better: as in Figure.
        note: as in Figure.
    """

    metric: str
    formula: Formula
    statistics: Floats
    concerned: bool = False
    better: Better = "higher"
    note: str = ""

    def rows(self, part: Sequence[int]) -> list[int]:
        """The items of a part that a figure is about."""
        return [row for row in part if not self.concerned or self.statistics[row].any()]


def figures(
    suite: str, items: ItemSet, measures: Sequence[Measure], parts: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """A figure for each measure and part; none where no item of the part has to do with it."""
    return [
        measured(
            suite,
            measure.metric,
            measure.formula,
            items,
            measure.statistics[rows],
            part=part,
            rows=rows,
            better=measure.better,
            note=measure.note,
        )
        for measure in measures
        for part, members in parts.items()
        if (rows := measure.rows(members))
    ]


def parts_of(items: ItemSet, **kinds: Sequence[str]) -> dict[str, list[int]]:
    """All items, and the rows of each value of each kind (n,) that has more than one: `brand=Dermiqo` and alike."""
    parts = {ALL: list(range(len(items)))}
    for kind, values in kinds.items():
        parts |= dict(_split(kind, np.asarray(values, dtype=object)))
    return parts


def _split(kind: str, values: np.ndarray) -> Iterator[tuple[str, list[int]]]:
    distinct = sorted(set(values.tolist()))
    if len(distinct) > 1:
        for value in distinct:
            yield f"{kind}={value}", np.flatnonzero(values == value).tolist()
