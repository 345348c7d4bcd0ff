"""From the units to a plan: baseline, correlation, assignment, power."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..datasets import ExperimentTable, read_experiment_table
from ..metrics import FEW_CLUSTERS, TOO_FEW_CLUSTERS, Floats
from .arms import HOLD_OUT, with_hold_out
from .assignment import Assignment, assign
from .baseline import UNKNOWN, Baseline, given_baseline, observed_baseline
from .choices import DesignChoices
from .clusters import DesignEffect, bearing_clusters, design_effect, intraclass_correlation
from .plan import ArmCount, ArmPower, Plan, PublishedPlan, arm_counts
from .power import TwoArms

_EMPTY = "(empty)"
_FORMULAS = (
    "assignment: within strata by the order of SHA-256 of seed, name and id, dealt out by exact shares",
    "power: two-sided t test, non-central t (statsmodels.stats.power.ttest_power), each arm's own variance",
)
_UNIT_FORMULA = "units assigned one by one: degrees of freedom by Welch-Satterthwaite, as in the readout"
_CLUSTER_FORMULAS = (
    "design effect 1 + ((1 + cv^2) mean size - 1) icc: Kish (1965); Eldridge, Ashby & Kerry (2006), "
    "doi:10.1093/ije/dyl129",
    "clusters assigned whole: degrees of freedom by Satterthwaite from the clusters' sizes and icc, as in the readout "
    "(Imbens & Kolesár, 2016, doi:10.1162/REST_a_00552)",
)
_CORRELATION_FORMULA = "intraclass correlation by analysis of variance: Donner & Koval (1980), doi:10.2307/2530491"
_ARMS_FORMULA = "several treatment arms: alpha divided by their number (Bonferroni), as the readout corrects"


def design_experiment(path: Path, choices: DesignChoices) -> PublishedPlan:
    """Assign the units of a file and say what the experiment can find.

    Raises:
        InputError: choices that contradict each other, a missing column, a unit named twice, an outcome that is no
            number, a cluster in two strata.
    """
    choices.check()
    table = read_experiment_table(path, choices.columns)
    units = table.units(choices.unit)
    clusters = table.filled(choices.cluster) if choices.cluster else None
    outcome = table.numbers(choices.outcome) if choices.outcome else None
    baseline = _baseline(outcome, choices)
    if choices.effect is not None:
        baseline.treated_standard_deviation(choices.effect)  # an effect that no rate can have is said before the work
    effect, correlation_source, correlation_notices = _clustering(clusters, outcome, choices)
    arms = with_hold_out(choices.arms, choices.hold_out)
    assignment = assign(units, clusters, _strata(table, choices.strata), arms, seed=choices.seed, name=choices.name)
    shares = {arm.name: float(arm.share) for arm in arms}
    counts = arm_counts(assignment, shares, clustered=clusters is not None)
    control = choices.arms[0].name
    notices = [
        *_missing(outcome, choices),
        *correlation_notices,
        *_few(counts, control, choices.cluster),
        *_notices(assignment, counts, effect, baseline),
    ]
    plan = Plan(
        name=choices.name,
        units_file=path.name,
        units_sha256=table.sha256,
        unit=choices.unit,
        cluster=choices.cluster,
        strata=choices.strata,
        outcome=choices.outcome,
        control=control,
        arms=counts,
        hold_out=choices.hold_out,
        seed=choices.seed,
        baseline=baseline,
        design_effect=effect,
        correlation_source=correlation_source,
        effect=choices.effect,
        target_power=choices.power,
        alpha=choices.alpha,
        alpha_each=choices.alpha / (len(choices.arms) - 1),
        powers=(),
        formulas=tuple(_formulas(choices)),
        notices=tuple(notices),
    )
    return PublishedPlan(replace(plan, powers=tuple(_powers(plan, assignment))), assignment)


def _formulas(choices: DesignChoices) -> Iterator[str]:
    """Those that this design uses."""
    yield from _FORMULAS
    yield from _CLUSTER_FORMULAS if choices.cluster else (_UNIT_FORMULA,)
    if choices.cluster and choices.intraclass_correlation is None:
        yield _CORRELATION_FORMULA
    if len(choices.arms) > 2:
        yield _ARMS_FORMULA


def _baseline(outcome: Floats | None, choices: DesignChoices) -> Baseline:
    given = given_baseline(choices.baseline_rate, choices.mean, choices.standard_deviation)
    if given is not None:
        return given
    if outcome is None or choices.outcome is None:
        return UNKNOWN
    return observed_baseline(outcome[~np.isnan(outcome)], choices.outcome)


def _clustering(
    clusters: Sequence[str] | None, outcome: Floats | None, choices: DesignChoices
) -> tuple[DesignEffect | None, str, list[str]]:
    """The design effect, where its correlation comes from, and what to know of it."""
    if clusters is None:
        return None, "", []
    given = choices.intraclass_correlation
    if given is not None:
        return design_effect(clusters, given), "given as --icc", []
    source = f"estimated from column {choices.outcome}"
    estimate = _estimated_correlation(clusters, outcome)
    if estimate is None:
        notice = "the intraclass correlation cannot be told from the outcome: the worst, 1, is taken; give --icc"
        return design_effect(clusters, 1.0), "taken as the worst", [notice]
    if estimate == 0:
        notice = "the outcome shows no likeness within clusters (intraclass correlation 0): check with --icc 0.05"
        return design_effect(clusters, estimate), source, [notice]
    return design_effect(clusters, estimate), source, []


def _estimated_correlation(clusters: Sequence[str], outcome: Floats | None) -> float | None:
    if outcome is None:
        return None
    known = ~np.isnan(outcome)
    of_known = [cluster for cluster, is_known in zip(clusters, known, strict=True) if is_known]
    return intraclass_correlation(outcome[known], of_known) if of_known else None


def _strata(table: ExperimentTable, columns: Sequence[str]) -> list[str]:
    if not columns:
        return ["all"] * len(table)
    values = zip(*(table.texts(column) for column in columns), strict=True)
    return [" | ".join(f"{c}={value or _EMPTY}" for c, value in zip(columns, row, strict=True)) for row in values]


def _powers(plan: Plan, assignment: Assignment) -> Iterator[ArmPower]:
    by_name = {count.arm: count for count in plan.arms}
    control = by_name[plan.control]
    for arm in plan.arms:
        if arm.arm not in (plan.control, HOLD_OUT):
            yield _power(plan, assignment, control, arm)


def _power(plan: Plan, assignment: Assignment, control: ArmCount, arm: ArmCount) -> ArmPower:
    clustered = control.clusters is not None and arm.clusters is not None
    randomised = (control.clusters or 0) + (arm.clusters or 0) if clustered else control.units + arm.units
    if not control.units or not arm.units:
        return ArmPower(arm.arm, None, None, None, None, None)
    inflation = plan.design_effect.value if plan.design_effect else 1.0
    bearing = (_bearing(plan, assignment, control), _bearing(plan, assignment, arm))
    arms = TwoArms(control.units, arm.units, randomised, inflation, plan.baseline, plan.alpha_each, bearing)
    smallest = arms.minimum_detectable_effect(plan.target_power)
    mean = plan.baseline.mean
    needed = arms.needed(plan.effect, plan.target_power) if plan.effect is not None else None
    return ArmPower(
        arm=arm.arm,
        power=arms.power(plan.effect) if plan.effect is not None else None,
        minimum_detectable_effect=smallest,
        relative_minimum=smallest / mean if smallest is not None and mean is not None and mean > 0 else None,
        units_needed=round(needed * (control.units + arm.units) / randomised) if needed is not None else None,
        clusters_needed=needed if clustered else None,
    )


def _bearing(plan: Plan, assignment: Assignment, arm: ArmCount) -> float:
    if plan.design_effect is None:
        return arm.units
    of_arm = [cluster for cluster, name in zip(assignment.clusters, assignment.arms, strict=True) if name == arm.arm]
    return bearing_clusters(of_arm, plan.design_effect.intraclass_correlation)


def _missing(outcome: Floats | None, choices: DesignChoices) -> Iterator[str]:
    if outcome is not None and np.isnan(outcome).any():
        count = int(np.isnan(outcome).sum())
        yield f"{count:,} units have no {choices.outcome}: assigned like all others, left out of the baseline"


def _few(counts: Sequence[ArmCount], control: str, cluster: str | None) -> Iterator[str]:
    independent = {count.arm: count.units if count.clusters is None else count.clusters for count in counts}
    for arm, count in independent.items():
        fewer = min(count, independent[control])
        if arm in (control, HOLD_OUT) or fewer >= FEW_CLUSTERS:
            continue
        few = f"{arm} against {control}: {fewer} {f'{cluster} clusters' if cluster else 'units'} in the smaller arm"
        if fewer < TOO_FEW_CLUSTERS:
            yield f"{few} are too few to say anything: the readout gives no interval under {TOO_FEW_CLUSTERS}"
        else:
            yield f"{few} are few: take at least {FEW_CLUSTERS}, or the interval with caution"


def _notices(
    assignment: Assignment, counts: Sequence[ArmCount], effect: DesignEffect | None, baseline: Baseline
) -> Iterator[str]:
    for count in counts:
        if not count.units:
            yield f"arm {count.arm} got no units: there are too few for its share"
    of_stratum = dict(zip(assignment.clusters if effect else assignment.units, assignment.strata, strict=True))
    sizes = Counter(of_stratum.values())
    small = sum(size < len(counts) for size in sizes.values())
    if small:
        yield f"{small:,} of {len(sizes):,} strata hold fewer than one per arm: they balance together, not each"
    if baseline.scale == "standard deviations":
        yield "no baseline: effects are in standard deviations of the outcome (give --baseline-rate, --sd or --outcome)"
