"""What is asked of an experiment's table."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import InputError
from .arms import Arm

DEFAULT_UNIT = "hcp_id"


@dataclass(frozen=True)
class ReadoutChoices:
    """What to read out.

    Attributes:
        arm_column: which arm a row is in.
        control: the arm that the others are compared with.
        outcomes: columns of numbers or yes/no.
        covariates: columns of numbers known before the treatment.
        cluster: column of what was assigned whole, or whose units are alike.
        subgroups: columns within whose values the effect is shown.
        unit: column of the units' ids; None: the plan's, else `hcp_id` where the table has it, else rows are units.
        arms: planned, where there is no plan; the shares are those expected.
    """

    arm_column: str
    control: str
    outcomes: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    cluster: str | None = None
    subgroups: tuple[str, ...] = ()
    unit: str | None = None
    arms: tuple[Arm, ...] = ()

    def check(self) -> None:
        """Raise InputError where a column is asked for twice or in two parts, or no outcome is."""
        if not self.outcomes:
            raise InputError("name at least one --outcome")
        for part in (self.outcomes, self.covariates, self.subgroups):
            for column in part:
                if part.count(column) > 1:
                    raise InputError(f"column {column!r} is asked for {part.count(column)} times; once is enough")
        for column in (*self.covariates, *self.subgroups):
            if column in self.outcomes:
                raise InputError(f"{column!r} is an outcome: what is measured after the treatment adjusts nothing")
            if column == self.arm_column:
                raise InputError(f"{column!r} is the arm: it is neither covariate nor subgroup")
