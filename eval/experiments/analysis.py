"""What every comparison of a readout shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ..metrics import Floats
from .arms import HOLD_OUT
from .confidence_sequence import UNPLANNED
from .covariates import independent_columns
from .difference import Difference, difference_in_means
from .plan import Plan
from .readout_choices import ReadoutChoices
from .trial import Trial
from .two_groups import TwoGroups


@dataclass(frozen=True)
class Analysis:
    """Everyone assigned, with outcomes and covariates as numbers.

    Attributes:
        trial: everyone assigned.
        outcomes: (n,) by column; NaN where not measured.
        covariates: (n, c) without gaps; None without covariates.
        gaps: how many units of the table have no value, by covariate.
        unused: covariates left out, because they say nothing that the others do not.
        planned: independent units (clusters) by arm at the planned end; None where no plan knows them.
        alpha: 1 - level of the intervals.
    """

    trial: Trial
    outcomes: dict[str, Floats]
    covariates: Floats | None
    gaps: dict[str, int]
    unused: tuple[str, ...]
    planned: dict[str, int] | None
    alpha: float

    def measured(self, outcome: str, arm: str, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """(n,) who is compared: the arm and the control, with the outcome measured."""
        arms = self.trial.arms
        found = ((arms == arm) | (arms == self.trial.compared[0])) & ~np.isnan(self.outcomes[outcome])
        return np.asarray(found if among is None else found & among)

    def groups(self, outcome: str, arm: str, rows: NDArray[np.bool_]) -> TwoGroups:
        """The two groups of these rows."""
        clusters = self.trial.clusters
        of_rows = None if clusters is None else clusters[rows]
        return TwoGroups(self.outcomes[outcome][rows], self.trial.arms[rows] == arm, of_rows)

    def difference(self, outcome: str, arm: str, rows: NDArray[np.bool_], *, adjust: bool) -> Difference:
        """Arm minus control among these rows."""
        covariates = self.covariates[rows] if adjust and self.covariates is not None else None
        return difference_in_means(
            self.groups(outcome, arm, rows),
            covariates,
            planned=self.planned_for(arm),
            alpha=self.alpha,
            family=self.family,
        )

    @property
    def family(self) -> int:
        """Comparisons that are corrected together: all planned arms, whether or not they ran yet, on all outcomes."""
        return max(1, sum(arm != HOLD_OUT for arm in self.trial.planned_arms[1:])) * len(self.outcomes)

    def planned_for(self, arm: str) -> float:
        """At how many independent units (clusters) the sequential interval of an arm is tuned."""
        if self.planned is None:
            return UNPLANNED
        return max(1, self.planned[arm] + self.planned[self.trial.compared[0]])


def analysis(trial: Trial, choices: ReadoutChoices, plan: Plan | None, *, alpha: float) -> Analysis:
    """Gather what is compared.

    Raises:
        InputError: an outcome or covariate that is no number, or a covariate without any value.
    """
    outcomes = {column: trial.numbers(column) for column in choices.outcomes}
    measured = {column: trial.numbers(column) for column in choices.covariates}
    gaps = {column: int(np.isnan(values[trial.present]).sum()) for column, values in measured.items()}
    covariates = {column: _without_gaps(values, column, trial) for column, values in measured.items()}
    used = _used(covariates, trial)
    unused = tuple(column for column in covariates if column not in used)
    adjust = np.column_stack([covariates[column] for column in used]) if used else None
    return Analysis(trial, outcomes, adjust, gaps, unused, _planned(trial, plan), alpha)


def _planned(trial: Trial, plan: Plan | None) -> dict[str, int] | None:
    """What the plan assigned; clusters that only the table knows come in from look to look, and would move it."""
    if plan is None or (trial.cluster is not None and plan.cluster is None):
        return None
    return {arm.arm: arm.units if arm.clusters is None else arm.clusters for arm in plan.arms}


def _used(covariates: dict[str, Floats], trial: Trial) -> list[str]:
    if not covariates:
        return []
    rows = trial.present
    table = np.column_stack([values[rows] for values in covariates.values()])
    names = list(covariates)
    return [names[column] for column in independent_columns(table, trial.arms[rows].tolist())]


def _without_gaps(values: Floats, column: str, trial: Trial) -> Floats:
    """Gaps filled with the mean: a value known before the treatment is missing alike in all arms."""
    known = values[~np.isnan(values)]
    if not len(known):
        raise InputError(f"{trial.table.path}: covariate {column!r} has no value in any row; leave it out")
    return np.where(np.isnan(values), known.mean(), values)
