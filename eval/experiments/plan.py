"""A plan: every choice, the power, and who was assigned to what; published as a folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ...errors import InputError
from ...inference.runs import published_folder
from .assignment import Assignment
from .baseline import Baseline
from .clusters import DesignEffect

PLAN_FILE = "plan.json"
ASSIGNMENT_FILE = "assignment.csv"
FORMAT = 1
_COLUMNS = ["unit", "cluster", "stratum", "arm"]


@dataclass(frozen=True)
class ArmCount:
    """An arm: the share planned, units assigned, and clusters they belong to (None where there are none)."""

    arm: str
    share: float
    units: int
    clusters: int | None


@dataclass(frozen=True)
class ArmPower:
    """What the comparison of an arm with the control can find.

    Attributes:
        arm: the treatment arm.
        power: the chance to find the planned effect; None without one, or with too few clusters to say.
        minimum_detectable_effect: found with the planned power; None where no effect is.
        relative_minimum: the same as a share of the baseline's mean; None where that is unknown or not positive.
        units_needed: in both arms together to find the planned effect with the planned power.
        clusters_needed: the same in clusters of the same sizes.
    """

    arm: str
    power: float | None
    minimum_detectable_effect: float | None
    relative_minimum: float | None
    units_needed: int | None
    clusters_needed: int | None


@dataclass(frozen=True)
class Plan:
    """An experiment as designed.

    Attributes:
        name: of the experiment.
        units_file: name of the file of units.
        units_sha256: of its bytes.
        unit: its column of ids.
        cluster: its column of what was assigned whole.
        strata: its columns within which arms were balanced.
        outcome: its column of the baseline outcome.
        control: the arm that the others are compared with.
        arms: with the hold-out, if any, last.
        hold_out: share set aside.
        seed: of the assignment.
        baseline: the outcome without treatment.
        design_effect: of the clusters; None where there are none.
        correlation_source: where the intraclass correlation comes from; "" where there are no clusters.
        effect: that is to be found.
        target_power: with which it is to be found.
        alpha: over all comparisons together.
        alpha_each: of one comparison (Bonferroni), on which the powers rest.
        powers: of each treatment arm against the control.
        formulas: where the formulas come from.
        notices: what a reader must know.
    """

    name: str
    units_file: str
    units_sha256: str
    unit: str
    cluster: str | None
    strata: tuple[str, ...]
    outcome: str | None
    control: str
    arms: tuple[ArmCount, ...]
    hold_out: float
    seed: int
    baseline: Baseline
    design_effect: DesignEffect | None
    correlation_source: str
    effect: float | None
    target_power: float
    alpha: float
    alpha_each: float
    powers: tuple[ArmPower, ...]
    formulas: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class PublishedPlan:
    """A plan read back with its assignment."""

    plan: Plan
    assignment: Assignment


def arm_counts(assignment: Assignment, shares: Mapping[str, float], *, clustered: bool) -> tuple[ArmCount, ...]:
    """How many units and clusters each arm got."""
    units = Counter(assignment.arms)
    clusters = Counter(dict(zip(assignment.clusters, assignment.arms, strict=True)).values())
    return tuple(
        ArmCount(arm, share, units[arm], clusters[arm] if clustered else None) for arm, share in shares.items()
    )


def write_plan(plan: Plan, assignment: Assignment, target: Path) -> None:
    """Write `plan.json` and `assignment.csv`; an existing plan is replaced whole.

    Raises:
        InputError: the target holds something else.
        HcplensError: no room left, or another process writes there.
    """
    text = _assignment_text(assignment)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    record = {"hcplens": FORMAT, "assignment_sha256": digest, **asdict(plan)}
    with published_folder(target, marker=PLAN_FILE) as folder:
        (folder / ASSIGNMENT_FILE).write_bytes(text.encode("utf-8"))
        plan_text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (folder / PLAN_FILE).write_text(plan_text, encoding="utf-8")


def read_plan(folder: Path) -> PublishedPlan:
    """Read a plan; raises InputError where the folder is none, or its assignment was changed since."""
    path = folder / PLAN_FILE
    if not path.is_file():
        raise InputError(f"{folder} holds no {PLAN_FILE}: it is not a plan of `hcplens eval design`")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or record.pop("hcplens", None) != FORMAT:
            raise InputError(f"{path} is no plan of format {FORMAT}")
        digest = record.pop("assignment_sha256", None)
        plan = TypeAdapter(Plan).validate_python(record)
        content = (folder / ASSIGNMENT_FILE).read_bytes()
    except (OSError, ValueError, ValidationError) as e:
        raise InputError(f"{folder} is damaged: {e}") from e
    if hashlib.sha256(content).hexdigest() != digest:
        raise InputError(f"{folder / ASSIGNMENT_FILE} is not what was planned: take the file that the design wrote")
    return PublishedPlan(plan, _read_assignment(content.decode("utf-8")))


def _assignment_text(assignment: Assignment) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(zip(assignment.units, assignment.clusters, assignment.strata, assignment.arms, strict=True))
    return stream.getvalue()


def _read_assignment(text: str) -> Assignment:
    rows: Sequence[list[str]] = list(csv.reader(io.StringIO(text, newline="")))[1:]
    units, clusters, strata, arms = ([row[column] for row in rows] for column in range(len(_COLUMNS)))
    return Assignment(tuple(units), tuple(clusters), tuple(strata), tuple(arms))
