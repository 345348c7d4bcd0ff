"""Does the effect differ between kinds of units? One test a column, corrected for asking often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f

from ...errors import InputError
from ..metrics import TOO_FEW_CLUSTERS, Floats, holm
from .analysis import Analysis
from .difference import Difference
from .robust_fit import robust_fit
from .two_groups import TwoGroups

_EMPTY = "(empty)"
_MOST_LEVELS = 30


@dataclass(frozen=True)
class LevelEffect:
    """The plain difference among units of one level of a subgroup column; corrected over all levels of the readout."""

    level: str
    difference: Difference
    p_holm: float | None


@dataclass(frozen=True)
class SubgroupEffects:
    """The effect of an arm by level.

    Attributes:
        column: the subgroup column.
        outcome: on what.
        arm: the treatment arm.
        levels: by name; those too small have no interval and take no part in the test.
        left_out: large enough, but the outcome does not vary within either arm: they take no part in the test either.
        interaction_p: of the same effect in all levels; None with fewer than two levels large enough. Welch's test of
            the levels' differences (Biometrika 38, 1951), whose errors hold in small levels too; where clusters
            lie in several levels, the robust Wald test, which finds a little too much with few clusters.
        interaction_p_holm: corrected over all subgroup columns, arms and outcomes.
    """

    column: str
    outcome: str
    arm: str
    levels: tuple[LevelEffect, ...]
    left_out: tuple[str, ...]
    interaction_p: float | None
    interaction_p_holm: float | None


def subgroup_effects(shared: Analysis, columns: Sequence[str]) -> tuple[SubgroupEffects, ...]:
    """Every arm, outcome and subgroup column.

    Raises:
        InputError: a column with more than 30 values.
    """
    found = [
        _by_level(shared, column, levels, outcome, arm)
        for column, levels in ((column, _levels(shared, column)) for column in columns)
        for outcome in shared.outcomes
        for arm in shared.trial.compared[1:]
    ]
    tests = holm([effects.interaction_p for effects in found])
    levels = iter(holm([level.difference.p_value for effects in found for level in effects.levels]))
    return tuple(
        replace(
            effects,
            interaction_p_holm=test,
            levels=tuple(replace(level, p_holm=next(levels)) for level in effects.levels),
        )
        for effects, test in zip(found, tests, strict=True)
    )


def _levels(shared: Analysis, column: str) -> NDArray[np.str_]:
    trial = shared.trial
    texts = trial.texts(column)
    found = np.where(texts == "", _EMPTY, texts)
    count = len(np.unique(found[trial.present]))
    if count > _MOST_LEVELS:
        raise InputError(
            f"{trial.table.path}: subgroup column {column!r} has {count:,} values; group it into at most {_MOST_LEVELS}"
        )
    return found


def _by_level(shared: Analysis, column: str, levels: NDArray[np.str_], outcome: str, arm: str) -> SubgroupEffects:
    names = np.unique(levels[shared.trial.present]).tolist()
    effects = []
    tested: dict[str, Difference] = {}
    left_out: list[str] = []
    for name in names:
        rows = shared.measured(outcome, arm, levels == name)
        effects.append(LevelEffect(name, shared.difference(outcome, arm, rows, adjust=False), None))
        groups = shared.groups(outcome, arm, rows)
        if min(groups.independent) >= TOO_FEW_CLUSTERS and groups.constant_arms == 2:
            left_out.append(name)
        elif min(groups.independent) >= TOO_FEW_CLUSTERS:
            tested[name] = effects[-1].difference
    test = _interaction(shared, levels, tested, outcome, arm)
    return SubgroupEffects(column, outcome, arm, tuple(effects), tuple(left_out), test, None)


def _interaction(
    shared: Analysis, levels: NDArray[np.str_], large: Mapping[str, Difference], outcome: str, arm: str
) -> float | None:
    """The test that all levels have one effect; None where it cannot be told."""
    if len(large) < 2:
        return None
    rows = shared.measured(outcome, arm, np.isin(levels, list(large)))
    groups = shared.groups(outcome, arm, rows)
    apart = groups.clusters is None or _lie_apart(groups.clusters, levels[rows])
    if apart and all(each.standard_error and each.degrees_of_freedom for each in large.values()):
        return _same_effect(list(large.values()))
    return _wald(groups, levels[rows], list(large))


def _lie_apart(clusters: NDArray[np.intp], levels: NDArray[np.str_]) -> bool:
    """Whether every cluster is of one level."""
    pairs = set(zip(clusters.tolist(), levels.tolist(), strict=True))
    return len(pairs) == len(np.unique(clusters))


def _same_effect(differences: Sequence[Difference]) -> float:
    """Welch's test of independent differences of unequal error: an F with degrees of freedom from all of theirs."""
    values = np.asarray([each.estimate.value for each in differences])
    weights = np.asarray([1 / (each.standard_error or np.nan) ** 2 for each in differences])
    freedom = np.asarray([each.degrees_of_freedom for each in differences], dtype=np.float64)
    more = len(values) - 1
    spread = float(weights @ (values - weights @ values / weights.sum()) ** 2) / more
    unsure = float(((1 - weights / weights.sum()) ** 2 / freedom).sum())
    square = len(values) ** 2 - 1
    return float(f.sf(spread / (1 + 2 * (more - 1) / square * unsure), more, square / (3 * unsure)))


def _wald(groups: TwoGroups, levels: NDArray[np.str_], large: Sequence[str]) -> float | None:
    tested = len(large) - 1
    if groups.total <= 2 * len(large):
        return None
    design = np.column_stack(list(_columns(groups.treated, levels, large)))
    fit = robust_fit(groups.outcome, design, groups.clusters)
    contrast, covariance = fit.coefficients[-tested:], fit.covariance[-tested:, -tested:]
    if np.linalg.matrix_rank(covariance) < tested:
        return None
    statistic = float(contrast @ np.linalg.solve(covariance, contrast)) / tested
    return float(f.sf(statistic, tested, fit.degrees_of_freedom))


def _columns(treated: NDArray[np.bool_], levels: NDArray[np.str_], large: Sequence[str]) -> Iterator[Floats]:
    """One, treated, each level but the first, and treated within each of these."""
    yield np.ones(len(treated))
    yield treated.astype(np.float64)
    inside = [levels == name for name in large[1:]]
    yield from (level.astype(np.float64) for level in inside)
    yield from ((level & treated).astype(np.float64) for level in inside)
