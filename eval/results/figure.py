"""One figure of a suite, and the items it was computed from, so that two results can be compared item by item."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..metrics import Estimate, Floats, Formula, clustered_estimate

Better = Literal["higher", "lower", "neither"]
ALL = "all"


def part_of(whole: str, detail: str) -> str:
    """The name of a part of a part, such as a topic of figures that are themselves of a brand."""
    return detail if whole == ALL else f"{whole}, {detail}"


@dataclass(frozen=True)
class ItemSet:
    """What a suite measured on: items (notes, queries, physicians × brands) and the cluster each belongs to.

    `weights` say how many items each stands for, where they were drawn from more; empty where each counts as one.
    """

    name: str
    ids: tuple[str, ...]
    clusters: tuple[str, ...]
    weights: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Basis:
    """What a figure is computed from: `statistics` (n, k) of the items `rows` (n,) of an item set, by a formula.

    Statistics are multiplied by the weights of their items, so that sums, draws and comparisons carry them. `columns`
    says what the columns are about, where that differs from one data set to another.
    """

    formula: str
    item_set: str
    rows: tuple[int, ...]
    statistics: Floats = field(repr=False, compare=False)
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        suite: the suite that measured it, such as `notes`.
        metric: what it is, in the field's words, such as `topic+polarity F1`.
        part: of what: `all`, or a part such as `topic=coverage` or `brand=Dermiqo`.
        estimate: value, interval, n, clusters.
        better: which direction is better.
        basis: the items behind it; None for a reading that is no function of items (speed, sample sizes).
        note: what a reader must know of it; may be empty.
    """

    suite: str
    metric: str
    part: str
    estimate: Estimate
    better: Better = "higher"
    basis: Basis | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """How gates and comparisons name it: `suite/metric`, or `suite/metric/part`."""
        return f"{self.suite}/{self.metric}" + ("" if self.part == ALL else f"/{self.part}")


def measured(
    suite: str,
    metric: str,
    formula: Formula,
    items: ItemSet,
    statistics: Floats,
    *,
    part: str = ALL,
    rows: Sequence[int] | None = None,
    better: Better = "higher",
    note: str = "",
    columns: Sequence[str] = (),
) -> Figure:
    """A figure with its clustered interval.

    Args:
        suite: as in Figure.
        metric: as in Figure.
        formula: how it follows from the statistics.
        items: what was measured on.
        statistics: (n, k), a row for each of `rows`.
        part: as in Figure.
        rows: the items of the set that the figure is about; all of them if None.
        better: as in Figure.
        note: as in Figure.
        columns: as in Basis.

    Raises:
        ValueError: no items, not one row of statistics an item, a statistic that is infinite, or items with weights and
            a formula that is no function of sums.
    """
    about = tuple(range(len(items))) if rows is None else tuple(int(row) for row in rows)
    values = np.asarray(statistics, dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError(f"{suite}/{metric}/{part}: a statistic is infinite, so that the figure says nothing")
    if items.weights:
        if formula.of_sums is None:
            raise ValueError(
                f"{suite}/{metric}/{part}: {formula.name} is no function of sums, so it cannot be weighted"
            )
        values = values * np.asarray([items.weights[row] for row in about])[:, None]
    estimate = clustered_estimate(formula, values, [items.clusters[row] for row in about])
    return Figure(
        suite, metric, part, estimate, better, Basis(formula.name, items.name, about, values, tuple(columns)), note
    )


def reading(
    suite: str, metric: str, value: float, *, items: int, part: str = ALL, better: Better = "neither", note: str = ""
) -> Figure:
    """A figure that is no function of items: it has no interval and is never tested.

    Raises:
        ValueError: the value is infinite.
    """
    if math.isinf(value):
        raise ValueError(f"{suite}/{metric}/{part}: the value is infinite")
    return Figure(suite, metric, part, Estimate(float(value), None, None, items, 0), better, None, note)
