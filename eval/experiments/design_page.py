"""A plan on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .plan import Plan


def plan_page(plan: Plan) -> RenderableType:
    """Arms with what each can find, then what the figures rest on, then what to know."""
    return Group(_arms(plan), *(Text(line) for line in _basis(plan)), *(Text(f"note: {line}") for line in plan.notices))


def _arms(plan: Plan) -> Table:
    table = Table(title=Text(f"Assigned: {plan.units_file}"), box=SIMPLE_HEAD, title_justify="left")
    clustered = plan.design_effect is not None
    finds = f"found with power {plan.target_power:g}"
    headings = ["arm", "share", "units", *([plan.cluster or ""] if clustered else []), "power", finds]
    headings.append(f"{plan.cluster if clustered else 'units'} needed")
    for heading in headings:
        table.add_column(Text(heading), justify="left" if heading == "arm" else "right")
    powers = {power.arm: power for power in plan.powers}
    for arm in plan.arms:
        power = powers.get(arm.arm)
        cells = [arm.arm, f"{arm.share:.1%}", f"{arm.units:,}", *([f"{arm.clusters or 0:,}"] if clustered else [])]
        if power is None:
            cells.extend(["control" if arm.arm == plan.control else "", "", ""])
        else:
            needed = power.clusters_needed if clustered else power.units_needed
            cells.extend([_number(power.power), _smallest(power.minimum_detectable_effect, power.relative_minimum)])
            cells.append("-" if needed is None else f"{needed:,}")
        table.add_row(*map(Text, cells))
    return table


def _basis(plan: Plan) -> Iterator[str]:
    baseline = plan.baseline
    mean = "" if baseline.mean is None else f"mean {baseline.mean:.4g}, "
    yield f"outcome: {mean}standard deviation {baseline.standard_deviation:.4g} ({baseline.source})"
    yield f"assignment: experiment {plan.name!r}, seed {plan.seed}"
    if plan.effect is not None:
        yield f"effect to find: {plan.effect:g}; needed: in the arm and the control together"
    yield f"two-sided level {plan.alpha:g}, {plan.alpha_each:g} for each comparison"
    if plan.design_effect is not None:
        effect = plan.design_effect
        yield (
            f"{effect.clusters:,} clusters of {effect.mean_size:.1f} units (variation {effect.size_variation:.2f}), "
            f"intraclass correlation {effect.intraclass_correlation:.4f} ({plan.correlation_source}): "
            f"design effect {effect.value:.2f}"
        )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _smallest(value: float | None, relative: float | None) -> str:
    if value is None:
        return "nothing"
    return f"{value:.4g}" + (f" ({relative:+.1%})" if relative is not None else "")
