"""What an experiment showed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...inference.formatting import without_nan
from .analysis import analysis
from .arm_effects import ArmEffect, arm_effects
from .missing import MissingOutcomes, missing_outcomes
from .plan import Plan, PublishedPlan
from .readout_choices import ReadoutChoices
from .sample_ratio import SampleRatio, check_sample_ratio
from .subgroups import SubgroupEffects, subgroup_effects
from .trial import Trial, read_trial
from .verdicts import notices, verdicts

FORMAT = 1
ALPHA = 0.05
METHODS = (
    "intention to treat: everyone counts in the arm they were assigned to, whatever they received",
    "units without an outcome, or without a row, are counted per arm and tested for differing from the control "
    "(differential attrition); the estimate is of those measured",
    "difference in means; errors clustered (CR2: Bell & McCaffrey, 2002) with Satterthwaite's degrees of freedom "
    "(Imbens & Kolesár, 2016) or, without clusters, Welch's; does an effect differ: Wald test, CR1 or HC2 errors",
    "two values of which an arm has only one: Fisher's exact test and Newcombe's interval (1998), of clusters if any",
    "adjusted: CUPED (Deng, Xu, Kohavi & Walker, 2013) by regression within arms; gaps in covariates are filled with "
    "their mean",
    "any-look interval: asymptotic confidence sequence (Waudby-Smith et al., 2024), normal mixture, widened as t is; "
    "it holds for all arms and outcomes together (Bonferroni)",
    "p-values corrected by Holm (1979): over arms and outcomes; over subgroup levels; over interaction tests",
    "sample ratio: chi-square against the planned shares, mismatch at p < 0.001, and then no effect is claimed",
)


@dataclass(frozen=True)
class ArmReached:
    """An arm, how many units and clusters were assigned to it, how many the table has, and whether it ever ran."""

    arm: str
    assigned: int
    in_table: int
    clusters: int | None
    ran: bool


@dataclass(frozen=True)
class Readout:
    """What an experiment showed.

    Attributes:
        table: name of the table.
        table_sha256: of its bytes.
        plan_units_sha256: digest of the units that the plan was made of; None without a plan.
        unit: the column that names units, or "rows".
        cluster: of what errors are clustered by; None where units are independent.
        control: the arm that the others are compared with.
        alpha: 1 - level of the intervals.
        sequential_tuned_at: independent units at which the any-look intervals are narrowest, by arm.
        arms: those planned.
        sample_ratio: the check of their sizes.
        missing: outcomes not measured.
        effects: of each arm on each outcome; none where the sample ratio is off.
        subgroups: the same by subgroup.
        verdicts: what can be said, a line each.
        notices: what a reader must know.
        methods: how it was computed.
    """

    table: str
    table_sha256: str
    plan_units_sha256: str | None
    unit: str
    cluster: str | None
    control: str
    alpha: float
    sequential_tuned_at: dict[str, float]
    arms: tuple[ArmReached, ...]
    sample_ratio: SampleRatio
    missing: tuple[MissingOutcomes, ...]
    effects: tuple[ArmEffect, ...]
    subgroups: tuple[SubgroupEffects, ...]
    verdicts: tuple[str, ...]
    notices: tuple[str, ...]
    methods: tuple[str, ...] = METHODS

    def effect(self, arm: str, outcome: str) -> ArmEffect:
        """The effect of an arm on an outcome; raises KeyError where there is none."""
        for effect in self.effects:
            if (effect.arm, effect.outcome) == (arm, outcome):
                return effect
        raise KeyError((arm, outcome))

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON knows it; null for what is not defined."""
        record = {"hcplens": FORMAT, "sample_ratio_mismatch": self.sample_ratio.mismatch, **asdict(self)}
        cleaned: dict[str, Any] = without_nan(record)
        return cleaned


def read_out(path: Path, choices: ReadoutChoices, plan: PublishedPlan | None = None) -> Readout:
    """Read an experiment's table and say what it showed.

    Raises:
        InputError: a missing column, a value that is no number, an arm or unit that was not planned, no control.
    """
    trial = read_trial(path, choices, plan)
    alpha = plan.plan.alpha if plan else ALPHA
    ratio = _sample_ratio(trial, choices, plan.plan if plan else None)
    shared = analysis(trial, choices, plan.plan if plan else None, alpha=alpha)
    missing = missing_outcomes(shared)
    effects = () if ratio.mismatch else arm_effects(shared)
    subgroups = () if ratio.mismatch else subgroup_effects(shared, choices.subgroups)
    return Readout(
        table=path.name,
        table_sha256=trial.table.sha256,
        plan_units_sha256=plan.plan.units_sha256 if plan else None,
        unit=trial.unit,
        cluster=trial.cluster,
        control=choices.control,
        alpha=alpha,
        sequential_tuned_at={arm: shared.planned_for(arm) for arm in trial.compared[1:]},
        arms=tuple(_reached(trial, arm) for arm in trial.planned_arms),
        sample_ratio=ratio,
        missing=missing,
        effects=effects,
        subgroups=subgroups,
        verdicts=tuple(verdicts(trial, ratio, effects, missing, alpha=alpha)),
        notices=tuple(notices(shared, effects, subgroups)),
    )


def _reached(trial: Trial, arm: str) -> ArmReached:
    ran = arm in trial.received
    return ArmReached(arm, trial.count(arm), trial.count(arm, present=True), trial.count_clusters(arm), ran)


def _sample_ratio(trial: Trial, choices: ReadoutChoices, plan: Plan | None) -> SampleRatio:
    """Sizes in the table against those planned; arms that never ran and the hold-out aside."""
    whole = trial.whole
    count = trial.count_whole if whole else trial.count

    observed = {arm: count(arm, present=True) for arm in trial.compared}
    if plan is not None:
        weights, against = {arm: float(count(arm, present=False)) for arm in observed}, "the plan"
    elif choices.arms:
        weights, against = {arm.name: float(arm.share) for arm in choices.arms}, "the shares given"
    else:
        weights, against = dict.fromkeys(observed, 1.0), "equal shares (assumed: no plan and no shares were given)"
    counted = f"{trial.cluster} clusters" if whole else "units"
    return check_sample_ratio(observed, weights, counted=counted, against=against)
