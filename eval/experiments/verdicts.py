"""What a readout says in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..metrics import FEW_CLUSTERS, TOO_FEW_CLUSTERS
from .analysis import Analysis
from .arm_effects import ArmEffect
from .arms import HOLD_OUT
from .confidence_sequence import UNPLANNED
from .missing import MissingOutcomes
from .sample_ratio import SampleRatio
from .trial import Trial


def verdicts(
    trial: Trial,
    ratio: SampleRatio,
    effects: tuple[ArmEffect, ...],
    missing: tuple[MissingOutcomes, ...],
    *,
    alpha: float,
) -> Iterator[str]:
    """What can be claimed, after what forbids to claim anything."""
    yield from _never_ran(trial)
    if ratio.mismatch:
        yield (
            f"SAMPLE RATIO MISMATCH (p = {ratio.p_value:.2g}): the arms are not the sizes expected from "
            f"{ratio.against}. Something chose who is in them, so no effect is claimed; find the cause first"
        )
    for one in missing:
        if one.differs(alpha):
            yield (
                f"DIFFERENTIAL ATTRITION: {one.outcome} is missing for {one.share:.1%} of {one.arm}, "
                f"{one.difference:+.1%} against {trial.compared[0]} (p = {one.p_value:.2g}): "
                "a difference among those measured may be due to who is missing"
            )
    yield from (_claim(effect, alpha) for effect in effects)


def _never_ran(trial: Trial) -> Iterator[str]:
    for arm in trial.planned_arms:
        if arm not in trial.received and arm != HOLD_OUT:
            assigned = trial.count(arm)
            units = f" ({assigned:,} units were assigned to it)" if assigned else ""
            yield f"arm {arm} never ran: no row of the table is in it{units}; no estimate"


def _claim(effect: ArmEffect, alpha: float) -> str:
    best, what = effect.best, f"{effect.arm} on {effect.outcome}"
    estimate = best.estimate
    if effect.p_holm is None or estimate.low is None or estimate.high is None:
        return f"{what}: too few to say"
    shown = f"{estimate.value:+.4g}, interval {estimate.low:.4g} to {estimate.high:.4g}, p = {effect.p_holm:.2g} (Holm)"
    caution = f"; {estimate.caution}: the interval is too narrow" if estimate.caution else ""
    if effect.p_holm >= alpha:
        return f"{what}: no difference shown ({shown}){caution}"
    direction = "raises" if estimate.value > 0 else "lowers"
    looks = "at any look" if best.holds_at_any_look else "only if this is the one look planned"
    return f"{effect.arm} {direction} {effect.outcome} ({shown}), which holds {looks}{caution}"


def notices(shared: Analysis, *, planned: bool) -> Iterator[str]:
    """What a reader must know of the data before believing the figures."""
    trial = shared.trial
    if trial.unit == "rows":
        yield "the table names no units: every row counts as one"
    absent = int((~trial.present).sum())
    if absent:
        yield f"{absent:,} of {len(trial.arms):,} units in the plan have no row in the table: counted as not measured"
    if trial.moved:
        yield (
            f"{trial.moved:,} units stand in the table under another arm than the plan's: "
            "they count where they were assigned"
        )
    if HOLD_OUT in trial.planned_arms[1:]:
        held = trial.count(HOLD_OUT)
        yield f"{held:,} units were held out and are not compared; --control {HOLD_OUT} compares with them"
    if not planned:
        yield f"no plan: any-look intervals are tuned at {UNPLANNED} independent units; they hold, a little wide"
    for column, count in shared.gaps.items():
        if count:
            yield f"covariate {column}: {count:,} gaps filled with the mean"
    for column in shared.unused:
        yield f"covariate {column} says nothing that the others do not (or never varies): left out"
    yield from _few(shared)


def _few(shared: Analysis) -> Iterator[str]:
    for arm in shared.trial.compared[1:]:
        for outcome in shared.outcomes:
            independent = shared.groups(outcome, arm, shared.measured(outcome, arm)).total
            if TOO_FEW_CLUSTERS <= independent < FEW_CLUSTERS:
                what = f"{arm} on {outcome}: {independent} independent units or clusters"
                yield f"{what}: intervals of fewer than {FEW_CLUSTERS} are too narrow"
