"""The effect of each arm on each outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..metrics import holm
from .analysis import Analysis
from .difference import Difference


@dataclass(frozen=True)
class ArmEffect:
    """A treatment arm against the control.

    Attributes:
        outcome: on what.
        arm: the treatment arm.
        plain: the difference in means.
        adjusted: the same by CUPED; None without covariates, or too few units for so many.
        narrower: by which share the adjusted interval is narrower than the plain one; negative where it is wider.
        p_holm: of `best`, corrected for all arms and outcomes.
    """

    outcome: str
    arm: str
    plain: Difference
    adjusted: Difference | None
    narrower: float | None
    p_holm: float | None

    @property
    def best(self) -> Difference:
        """The adjusted difference where there is one, else the plain one."""
        return self.plain if self.adjusted is None else self.adjusted


def arm_effects(shared: Analysis) -> tuple[ArmEffect, ...]:
    """Every arm that ran, on every outcome, corrected for their number."""
    _, *treatments = shared.trial.compared
    found = [_effect(shared, outcome, arm) for outcome in shared.outcomes for arm in treatments]
    corrected = holm([effect.best.p_value for effect in found])
    return tuple(replace(effect, p_holm=p_holm) for effect, p_holm in zip(found, corrected, strict=True))


def _effect(shared: Analysis, outcome: str, arm: str) -> ArmEffect:
    rows = shared.measured(outcome, arm)
    plain = shared.difference(outcome, arm, rows, adjust=False)
    adjusted = shared.difference(outcome, arm, rows, adjust=True) if shared.covariates is not None else None
    if adjusted is None or adjusted.half_width is None or not plain.half_width:
        return ArmEffect(outcome, arm, plain, None, None, None)
    return ArmEffect(outcome, arm, plain, adjusted, 1 - adjusted.half_width / plain.half_width, None)
