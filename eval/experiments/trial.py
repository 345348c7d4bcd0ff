"""Everyone who was assigned, whatever they received: what an intention-to-treat analysis is about."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...inference.records.nearest import did_you_mean
from ..datasets import ExperimentTable, read_experiment_table
from ..metrics import Floats, cluster_numbers
from .arms import HOLD_OUT
from .plan import PublishedPlan
from .readout_choices import DEFAULT_UNIT, ReadoutChoices

_ROWS = "rows"
_WHOLE = 0.95


@dataclass(frozen=True)
class Trial:
    """Everyone assigned; with a plan that is everyone in it, otherwise everyone in the table.

    Attributes:
        table: as read.
        unit: the column that names units, or "rows" where rows are units.
        planned_arms: the arms there should be, the hold-out last; those in the table where nothing was planned.
        arms: (n,) the arm each unit was assigned to.
        rows: (n,) its row in the table from 0; -1 where the table has none.
        received: the arms that rows of the table name.
        cluster: what the clusters are called; None where units were assigned one by one.
        clusters: (n,) numbers from 0; None like `cluster`.
        moved: units whose row names another arm than the plan.
    """

    table: ExperimentTable
    unit: str
    planned_arms: tuple[str, ...]
    arms: NDArray[np.str_]
    rows: NDArray[np.intp]
    received: frozenset[str]
    cluster: str | None
    clusters: NDArray[np.intp] | None
    moved: int

    @property
    def present(self) -> NDArray[np.bool_]:
        """(n,) which units have a row in the table."""
        return np.asarray(self.rows >= 0)

    def numbers(self, column: str) -> Floats:
        """A column of numbers (n,); NaN where it is empty or the unit has no row."""
        values = self.table.numbers(column)
        return np.where(self.present, values[self.rows], np.nan)

    def texts(self, column: str) -> NDArray[np.str_]:
        """A column of text (n,); "" where it is empty or the unit has no row."""
        values = np.asarray(self.table.texts(column))
        return np.where(self.present, values[self.rows], "")

    @property
    def compared(self) -> tuple[str, ...]:
        """The control and the arms that ran; the hold-out only where it is the control."""
        control, *others = self.planned_arms
        return (control, *(arm for arm in others if arm in self.received and arm != HOLD_OUT))

    @property
    def whole(self) -> bool:
        """Whether clusters were assigned whole: all but a few (1 in 20) lie in one arm."""
        counts = self._rows_by_arm()
        return bool(len(counts)) and float(((counts > 0).sum(axis=1) == 1).mean()) >= _WHOLE

    @property
    def crossing(self) -> int:
        """Units in another arm than most of their cluster."""
        counts = self._rows_by_arm()
        return int(counts.sum() - counts.max(axis=1, initial=0).sum())

    def count_whole(self, arm: str, *, present: bool = False) -> int:
        """How many clusters have most of their units in the arm; `present`: only those that the table has any of."""
        majority = self._rows_by_arm().argmax(axis=1) == self.planned_arms.index(arm)
        if self.clusters is None or not present:
            return int(majority.sum())
        return int(majority[np.unique(self.clusters[self.present])].sum())

    def _rows_by_arm(self) -> NDArray[np.intp]:
        """(G, arms) units of each cluster by arm; no rows where there are no clusters."""
        if self.clusters is None:
            return np.zeros((0, len(self.planned_arms)), dtype=np.intp)
        return np.stack(
            [np.bincount(self.clusters, self.arms == arm, self.clusters.max() + 1) for arm in self.planned_arms], axis=1
        ).astype(np.intp)

    def count(self, arm: str, *, present: bool = False) -> int:
        """How many units were assigned to the arm, or those of them that the table has."""
        return int((self._in(arm, present)).sum())

    def count_clusters(self, arm: str, *, present: bool = False) -> int | None:
        """How many clusters; None where there are none."""
        return None if self.clusters is None else len(np.unique(self.clusters[self._in(arm, present)]))

    def _in(self, arm: str, present: bool) -> NDArray[np.bool_]:
        found = self.arms == arm
        return np.asarray(found & self.present if present else found)


def read_trial(path: Path, choices: ReadoutChoices, plan: PublishedPlan | None) -> Trial:
    """Read the table and put everyone where they were assigned.

    Raises:
        InputError: a missing column, an arm that was not planned, a unit twice or not in the plan, no control.
    """
    choices.check()
    cluster = _cluster_column(choices, plan)
    unit = choices.unit or (plan.plan.unit if plan else None)
    named = [choices.arm_column, *choices.outcomes, *choices.covariates, *choices.subgroups]
    from_table = cluster if plan is None or plan.plan.cluster is None else None
    columns = [*named, *(column for column in (from_table, unit) if column is not None)]
    table = read_experiment_table(path, columns, optional=() if unit else (DEFAULT_UNIT,))
    if unit is None and DEFAULT_UNIT in table:
        unit = DEFAULT_UNIT
    arms = table.filled(choices.arm_column)
    planned = _planned_arms(arms, choices, plan)
    _check_arms(table, arms, planned, choices)
    if plan is not None and unit is not None:
        return _of_plan(table, unit, arms, planned, plan, cluster)
    if unit is not None:
        table.units(unit)
    clusters = cluster_numbers(table.filled(cluster)) if cluster else None
    rows = np.arange(len(table))
    return Trial(table, unit or _ROWS, planned, np.asarray(arms), rows, frozenset(arms), cluster, clusters, 0)


def _cluster_column(choices: ReadoutChoices, plan: PublishedPlan | None) -> str | None:
    if plan is None or plan.plan.cluster is None:
        return choices.cluster
    if choices.cluster not in (None, plan.plan.cluster):
        raise InputError(
            f"--cluster {choices.cluster}: the plan assigned whole {plan.plan.cluster}, so only these are independent; "
            "leave --cluster out"
        )
    return plan.plan.cluster


def _planned_arms(arms: Sequence[str], choices: ReadoutChoices, plan: PublishedPlan | None) -> tuple[str, ...]:
    """The control first, then the others in the order planned (or by name), the hold-out last."""
    if plan is not None:
        if choices.arms:
            raise InputError("--arm is for tables without a plan: leave it or --plan out")
        names: Collection[str] = [count.arm for count in plan.plan.arms]
    else:
        names = [arm.name for arm in choices.arms] or sorted(set(arms))
    if choices.control not in names:
        near = did_you_mean(choices.control, names)
        raise InputError(f"--control {choices.control!r} is no arm{near}; there are {', '.join(names)}")
    others = [name for name in names if name not in (choices.control, HOLD_OUT)]
    held = [HOLD_OUT] if HOLD_OUT in names and choices.control != HOLD_OUT else []
    return (choices.control, *others, *held)


def _check_arms(table: ExperimentTable, arms: Sequence[str], planned: Collection[str], choices: ReadoutChoices) -> None:
    for row, arm in zip(table.rows, arms, strict=True):
        if arm not in planned:
            near = did_you_mean(arm, planned)
            raise InputError(
                f"{table.path}, row {row}: {choices.arm_column} is {arm!r}, an arm that was not planned{near}; "
                f"planned are {', '.join(planned)}"
            )
    if len(planned) == 1:
        raise InputError(f"{table.path}: every row is in {choices.control!r}, so there is nothing to compare it with")
    if choices.control not in arms:
        raise InputError(f"{table.path}: no row is in the control {choices.control!r}, so nothing can be compared")


def _of_plan(
    table: ExperimentTable,
    unit: str,
    received: Sequence[str],
    planned: tuple[str, ...],
    plan: PublishedPlan,
    cluster: str | None,
) -> Trial:
    assignment = plan.assignment
    place = {name: index for index, name in enumerate(assignment.units)}
    rows = np.full(len(place), -1, dtype=np.intp)
    moved = 0
    for index, name in enumerate(table.units(unit)):
        if name not in place:
            raise InputError(
                f"{table.path}, row {table.rows[index]}: {unit} {name!r} is not in the plan: it was never assigned; "
                "take its row out"
            )
        rows[place[name]] = index
        moved += received[index] != assignment.arms[place[name]]
    clusters = cluster_numbers(_clusters(table, cluster, rows, plan)) if cluster else None
    arms = np.asarray(assignment.arms)
    return Trial(table, unit, planned, arms, rows, frozenset(received), cluster, clusters, moved)


def _clusters(table: ExperimentTable, cluster: str, rows: NDArray[np.intp], plan: PublishedPlan) -> Sequence[Hashable]:
    """The plan's clusters, or else the table's; a unit without a row is then one of its own."""
    if plan.plan.cluster is not None:
        return plan.assignment.clusters
    names = table.filled(cluster)
    return [names[row] if row >= 0 else index for index, row in enumerate(rows.tolist())]
