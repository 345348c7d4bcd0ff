"""`hcplens eval design`: who gets what, and what the experiment can find."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...errors import InputError


def design(
    units: Annotated[Path, typer.Argument(help="One row a unit (physician), as CSV or Parquet.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The plan, a folder to write.")],
    unit: Annotated[str, typer.Option(help="Column of the units' ids.")] = "hcp_id",
    cluster: Annotated[
        str | None, typer.Option(help="Column of what is assigned whole, such as the territory or rep.")
    ] = None,
    stratify: Annotated[list[str] | None, typer.Option(help="Balance the arms within each value; repeat it.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Column of the outcome measured before the experiment.")] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option("--arm", "--arms", help="NAME or NAME=SHARE; repeat it. The first is the control."),
    ] = None,
    hold_out: Annotated[float, typer.Option(help="Share of units set aside, who get nothing.")] = 0.0,
    seed: Annotated[int, typer.Option(help="The same name, seed and units give the same assignment.")] = 7,
    name: Annotated[
        str | None,
        typer.Option(help="Of the experiment: another name, another assignment. Default: that of the folder."),
    ] = None,
    baseline_rate: Annotated[float | None, typer.Option(help="Of a yes/no outcome without treatment.")] = None,
    mean: Annotated[float | None, typer.Option(help="Of any other outcome without treatment.")] = None,
    sd: Annotated[float | None, typer.Option(help="Standard deviation of that outcome between units.")] = None,
    icc: Annotated[
        float | None, typer.Option(help="Correlation of two units of a cluster. Default: told from --outcome.")
    ] = None,
    effect: Annotated[float | None, typer.Option(help="What is to be found, in the outcome's unit.")] = None,
    power: Annotated[float, typer.Option(help="The chance with which it is to be found.")] = 0.8,
    alpha: Annotated[float, typer.Option(help="The chance to find what is not there, two-sided.")] = 0.05,
) -> None:
    """Assign units (or whole clusters) to arms, and say what the experiment can find."""
    from ...inference.runs import require_publishable
    from ..experiments import DesignChoices, design_experiment, parse_arms, plan_page, write_plan
    from ..experiments.plan import PLAN_FILE
    from .pages import show

    require_publishable(output, marker=PLAN_FILE)
    if (output / PLAN_FILE).exists():
        raise InputError(f"{output} holds the plan of an experiment, which may be running: name another folder")
    choices = DesignChoices(
        unit=unit,
        cluster=cluster,
        strata=tuple(stratify or ()),
        outcome=outcome,
        arms=parse_arms(arm or ("control", "treatment")),
        hold_out=hold_out,
        seed=seed,
        name=output.resolve().name if name is None else name,
        baseline_rate=baseline_rate,
        mean=mean,
        standard_deviation=sd,
        intraclass_correlation=icc,
        effect=effect,
        power=power,
        alpha=alpha,
    )
    designed = design_experiment(units, choices)
    write_plan(designed.plan, designed.assignment, output)
    show(plan_page(designed.plan))
    show(f"the plan lies in {output}\n")
