"""What a readout says in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .analysis import Analysis
from .arm_effects import ArmEffect
from .arms import HOLD_OUT
from .confidence_sequence import UNPLANNED
from .missing import MissingOutcomes
from .sample_ratio import SampleRatio
from .subgroups import SubgroupEffects
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
    unequal = {(one.arm, one.outcome): one for one in missing if one.differs(alpha)}
    for one in unequal.values():
        yield (
            f"DIFFERENTIAL ATTRITION: {one.outcome} is missing for {one.share:.1%} of {one.arm}, "
            f"{one.difference:+.1%} against {trial.compared[0]} (p = {one.p_value:.2g}): "
            "a difference among those measured may be due to who is missing, so none is claimed"
        )
    yield from (_claim(effect, alpha) for effect in effects if (effect.arm, effect.outcome) not in unequal)


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
        return f"{what}: {best.caution}"
    shown = f"{estimate.value:+.4g}, interval {estimate.low:.4g} to {estimate.high:.4g}, p = {effect.p_holm:.2g} (Holm)"
    caution = f"; {best.caution}: take the interval with caution" if best.caution else ""
    if effect.p_holm >= alpha:
        return f"{what}: no difference shown ({shown}){caution}"
    direction = "raises" if estimate.value > 0 else "lowers"
    looks = "at any look" if best.holds_at_any_look else "only if this is the one look planned"
    return f"{effect.arm} {direction} {effect.outcome} ({shown}), which holds {looks}{caution}"


def notices(shared: Analysis, effects: Sequence[ArmEffect], subgroups: Sequence[SubgroupEffects]) -> Iterator[str]:
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
    yield from _rests_on(shared)
    yield from _few(effects)
    yield from _left_out(subgroups)


def _rests_on(shared: Analysis) -> Iterator[str]:
    trial = shared.trial
    if trial.whole and trial.crossing:
        yield (
            f"{trial.crossing:,} rows are in another arm than most of their {trial.cluster}: "
            "for the sample ratio a cluster counts in the arm of most of its rows"
        )
    if shared.planned is None:
        unknown = f"no plan knows the {trial.cluster} clusters" if trial.cluster else "no plan"
        yield f"{unknown}: any-look intervals are tuned at {UNPLANNED} independent units; they hold, a little wide"
    for column, count in shared.gaps.items():
        if count:
            yield f"covariate {column}: {count:,} gaps filled with the mean"
    for column in shared.unused:
        yield f"covariate {column} says nothing that the others do not (or never varies): left out"


def _few(effects: Sequence[ArmEffect]) -> Iterator[str]:
    for effect in effects:
        if effect.best.estimate.low is not None and effect.best.caution:
            yield f"{effect.arm} on {effect.outcome}: {effect.best.caution}: take the interval with caution"


def _left_out(subgroups: Sequence[SubgroupEffects]) -> Iterator[str]:
    for effects in subgroups:
        if effects.left_out:
            yield (
                f"{effects.arm} on {effects.outcome} by {effects.column}: the outcome does not vary within the arms of "
                f"{', '.join(effects.left_out)}, left out of the test whether the effect differs"
            )
