"""The policy suite: what a policy would have earned, from logs with propensities."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import InputError
from ..datasets import BanditLog, bandit_log_files, read_bandit_log
from ..metrics import RATIO
from ..off_policy import (
    ESTIMATORS,
    FOLDS,
    PolicyEvaluation,
    RefusedLogError,
    TargetPolicy,
    evaluate_policy,
    read_policy,
    uniform_policy,
)
from ..results import Figure, ItemSet, measured, reading
from .suite import Findings, MissingDataError, SuiteContext

SUITE = "policy"
TRUTH_FILE = "truth.json"
SYNTHETIC = "synthetic: drawn by a simulator"


class Truth(BaseModel):
    """What a simulated log's policy is truly worth; `log` is the file beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    log: str
    policy: str
    value: float
    seed: int


@dataclass(frozen=True, eq=False)
class _Evaluated:
    """One log that could tell."""

    log: BanditLog
    evaluation: PolicyEvaluation
    truth: Truth | None


def policy_suite(data: Path, context: SuiteContext) -> Findings:
    """Evaluate the context's policy (None: the uniform one) on a log, or on every log in a folder.

    Raises:
        MissingDataError: no logs.
        InputError: a log or the policy cannot be read.
        RefusedLogError: no log can tell; where only some cannot, a notice says which and why.
    """
    paths = bandit_log_files(data)
    if not paths:
        raise MissingDataError(f"{data}: is no log with propensities and has none; put .csv files into a folder policy")
    evaluated: list[_Evaluated] = []
    refused: list[str] = []
    with context.reporter.stage(SUITE, len(paths), "logs") as done:
        for name, path in paths.items():
            try:
                evaluated.append(_evaluated(name, path, context))
            except RefusedLogError as e:
                refused.append(str(e))
            done(1)
    if not evaluated:
        raise RefusedLogError("\n".join(refused))
    several = len(paths) > 1
    found = [_findings(one, one.log.name if several else "all") for one in evaluated]
    return Findings(
        figures=tuple(figure for figures, _ in found for figure in figures),
        item_sets=tuple(items for _, items in found),
        data=_digests([*paths.values(), *([context.policy] if context.policy else [])], data),
        scored_by={items.name: f"reward models cross-fitted over clusters in {FOLDS} folds" for _, items in found},
        notices=(*refused, *(notice for one in evaluated for notice in _notices(one))),
    )


def _evaluated(name: str, path: Path, context: SuiteContext) -> _Evaluated:
    log = replace(read_bandit_log(path), name=name)
    policy = uniform_policy(log) if context.policy is None else read_policy(context.policy, log)
    return _Evaluated(log, evaluate_policy(log, policy, seed=context.seed), _truth(path, policy))


def _truth(path: Path, policy: TargetPolicy) -> Truth | None:
    """The truth beside a log, where there is one and it is about this log and policy."""
    beside = path.with_name(TRUTH_FILE)
    if not beside.is_file():
        return None
    try:
        truth = Truth.model_validate_json(beside.read_bytes())
    except ValidationError as e:
        raise InputError(f"{beside}: {e}") from e
    return truth if (truth.log, truth.policy) == (path.name, policy.name) else None


def _findings(one: _Evaluated, part: str) -> tuple[list[Figure], ItemSet]:
    log = one.log
    rows = tuple(f"{log.name} row {row + 2}" for row in range(len(log)))
    items = ItemSet(f"{SUITE} {log.name}", rows, tuple(log.cluster_names[cluster] for cluster in log.clusters))
    cautions = (f"; {SYNTHETIC}" if one.truth else "") + ("; read the notices" if one.evaluation.warnings else "")
    values = [
        measured(SUITE, name, RATIO, items, statistics, part=part, note=ESTIMATORS[name] + cautions)
        for name, statistics in one.evaluation.statistics.items()
    ]
    logged, *estimates = values
    return [*estimates, logged, *_distances(one, estimates, part), *_readings(one, part)], items


def _distances(one: _Evaluated, estimates: Sequence[Figure], part: str) -> Iterator[Figure]:
    if one.truth is None:
        return
    for figure in estimates:
        distance = abs(figure.estimate.value - one.truth.value)
        metric = figure.metric.removesuffix(" value") + " distance to the truth"
        note = f"the true value is {one.truth.value:.5f}; {SYNTHETIC}"
        yield reading(SUITE, metric, distance, items=len(one.log), part=part, better="lower", note=note)


def _readings(one: _Evaluated, part: str) -> Iterator[Figure]:
    found = one.evaluation.diagnostics
    for metric, value, note in (
        ("effective sample size", found.effective_rows, "rows of equal weight that would tell as much (Kish)"),
        (
            "effective rewarded rows",
            found.effective_rewards,
            f"of {found.rewarded:,} rewarded: how many carry the IPS value",
        ),
        ("mean weight", found.mean_weight.mean, f"{found.mean_weight.expected:.3g} is expected"),
        ("largest weight", found.largest_weight, ""),
        ("weight of the top 1 %", found.top_share, "share of all weight in the heaviest 1 % of the rows"),
        (
            "never logged",
            found.never_logged,
            "share of the policy's choices that the log never shows at their position",
        ),
        ("Switch-DR threshold", one.evaluation.threshold, "weights above it rest on the reward model alone"),
    ):
        yield reading(SUITE, metric, value, items=len(one.log), part=part, note=note)


def _notices(one: _Evaluated) -> Iterator[str]:
    yield from one.log.notices
    if one.truth:
        yield f"log {one.log.name!r} is {SYNTHETIC}"
    for warning in one.evaluation.warnings:
        yield f"log {one.log.name!r}, policy {one.evaluation.policy!r}: {warning}"


def _digests(paths: Sequence[Path], data: Path) -> dict[str, str]:
    """SHA-256 by name, with the folder below `data` that a file lies in."""
    digests = {}
    for path in paths:
        with path.open("rb") as stream:
            name = path.relative_to(data).as_posix() if path.is_relative_to(data) and path != data else path.name
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests
