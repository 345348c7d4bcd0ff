"""Outcomes that were not measured: how many in each arm, and whether the arms differ in it.

Where treatment changes whose outcome is seen, those seen are no longer alike, and a difference between them is no
effect (differential attrition).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..metrics import holm
from .analysis import Analysis
from .difference import difference_in_means
from .two_groups import TwoGroups


@dataclass(frozen=True)
class MissingOutcomes:
    """Units of an arm without an outcome.

    Attributes:
        outcome: the column.
        arm: which.
        assigned: units assigned to the arm.
        no_row: of these, the table does not have.
        missing: of these, without the outcome, those without a row included.
        share: missing of assigned.
        difference: of the share from the control's; None for the control.
        p_value: of no difference, corrected for all arms and outcomes (Holm); None where nothing is missing.
    """

    outcome: str
    arm: str
    assigned: int
    no_row: int
    missing: int
    share: float
    difference: float | None
    p_value: float | None

    def differs(self, alpha: float) -> bool:
        """Whether more or fewer are missing than in the control."""
        return self.p_value is not None and self.p_value < alpha


def missing_outcomes(shared: Analysis) -> tuple[MissingOutcomes, ...]:
    """Count them for the control and every arm that ran."""
    found = [_of_arm(shared, outcome, arm) for outcome in shared.outcomes for arm in shared.trial.compared]
    corrected = holm([one.p_value for one in found])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(found, corrected, strict=True))


def _of_arm(shared: Analysis, outcome: str, arm: str) -> MissingOutcomes:
    trial, missing = shared.trial, np.isnan(shared.outcomes[outcome])
    control, in_arm = trial.compared[0], trial.arms == arm
    assigned = int(in_arm.sum())
    p_value = difference = None
    if arm != control:
        either = in_arm | (trial.arms == control)
        clusters = None if trial.clusters is None else trial.clusters[either]
        groups = TwoGroups(missing[either].astype(np.float64), in_arm[either], clusters)
        compared = difference_in_means(groups, planned=shared.planned_for(arm), alpha=shared.alpha)
        difference, p_value = compared.estimate.value, compared.p_value
    return MissingOutcomes(
        outcome=outcome,
        arm=arm,
        assigned=assigned,
        no_row=int((in_arm & ~trial.present).sum()),
        missing=int(missing[in_arm].sum()),
        share=float(missing[in_arm].mean()) if assigned else 0.0,
        difference=difference,
        p_value=p_value,
    )
