"""What the designer of an experiment chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from ...errors import InputError
from .arms import Arm, parse_arms
from .baseline import given_baseline


@dataclass(frozen=True)
class DesignChoices:
    """Every choice behind a plan.

    Attributes:
        unit: column of the units' ids.
        cluster: column of what is assigned whole (territory, rep); None: units are assigned one by one.
        strata: columns within whose values arms are balanced.
        outcome: column of the outcome measured before, from which mean, spread and correlation are estimated.
        arms: the first is the control.
        hold_out: share of units set aside, who get nothing.
        seed: of the assignment.
        name: of the experiment; with the seed it decides the assignment.
        baseline_rate: of a yes/no outcome.
        mean: of any other outcome.
        standard_deviation: of any other outcome, between units.
        intraclass_correlation: of two units of a cluster.
        effect: that the experiment is to find, in the outcome's unit.
        power: with which it is to find it.
        alpha: level of the two-sided test, over all treatment arms together.
    """

    unit: str = "hcp_id"
    cluster: str | None = None
    strata: tuple[str, ...] = ()
    outcome: str | None = None
    arms: tuple[Arm, ...] = field(default_factory=lambda: parse_arms(("control", "treatment")))
    hold_out: float = 0.0
    seed: int = 7
    name: str = ""
    baseline_rate: float | None = None
    mean: float | None = None
    standard_deviation: float | None = None
    intraclass_correlation: float | None = None
    effect: float | None = None
    power: float = 0.8
    alpha: float = 0.05

    @property
    def columns(self) -> list[str]:
        """The columns of the units' file that they name."""
        named = (self.unit, self.cluster, *self.strata, self.outcome)
        return list(dict.fromkeys(column for column in named if column is not None))

    def check(self) -> None:
        """Raise InputError where choices are out of range or contradict each other."""
        if not 0 <= self.hold_out < 1:
            raise InputError(f"--hold-out {self.hold_out:g} is not a share from 0 to below 1")
        if not 0 < self.alpha < self.power < 1:
            raise InputError(f"--alpha {self.alpha:g} and --power {self.power:g}: 0 < alpha < power < 1 is needed")
        if self.effect is not None and (self.effect == 0 or not isfinite(self.effect)):
            raise InputError(f"--effect {self.effect:g} cannot be found: give the smallest effect that matters")
        given_baseline(self.baseline_rate, self.mean, self.standard_deviation)
        self._check_correlation()

    def _check_correlation(self) -> None:
        correlation = self.intraclass_correlation
        if correlation is not None and self.cluster is None:
            raise InputError("--icc is about clusters: name their column by --cluster")
        if correlation is not None and not 0 <= correlation <= 1:
            raise InputError(f"--icc {correlation:g} is not between 0 and 1")
        if correlation is None and self.cluster is not None and self.outcome is None:
            raise InputError(
                f"units of one {self.cluster} are alike: say how much by --icc, or name a baseline --outcome to tell "
                "it from"
            )
