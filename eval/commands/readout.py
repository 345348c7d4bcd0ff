"""`hcplens eval readout`: what an experiment showed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def readout(
    table: Annotated[Path, typer.Argument(help="One row a unit with its arm and outcomes, as CSV or Parquet.")],
    arm_column: Annotated[str, typer.Option(help="Column of the arm.")],
    control: Annotated[str, typer.Option(help="The arm that the others are compared with.")],
    outcome: Annotated[list[str], typer.Option(help="Column of numbers or yes/no; repeat it.")],
    plan: Annotated[Path | None, typer.Option(help="The plan that `hcplens eval design` wrote.")] = None,
    covariate: Annotated[
        list[str] | None, typer.Option(help="Column of numbers known before the treatment; repeat it.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Column of what was assigned whole. Default: that of the plan.")
    ] = None,
    subgroup: Annotated[list[str] | None, typer.Option(help="Show the effect within each value; repeat it.")] = None,
    unit: Annotated[
        str | None,
        typer.Option(help="Column of the units' ids. Default: the plan's, else hcp_id, else rows are units."),
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option("--arm", "--arms", help="Without a plan: NAME or NAME=SHARE of each arm planned; repeat it."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .json file to write as well.")] = None,
) -> None:
    """The effect of each arm on each outcome, by intention to treat, with what forbids to believe it."""
    import json

    from ...inference.runs import published_file
    from ...inference.targets import require_file_target
    from ..experiments import ReadoutChoices, parse_arms, read_out, read_plan, readout_page
    from .pages import show

    if output is not None:
        require_file_target(output, sources=[table])
    choices = ReadoutChoices(
        arm_column=arm_column,
        control=control,
        outcomes=tuple(outcome),
        covariates=tuple(covariate or ()),
        cluster=cluster,
        subgroups=tuple(subgroup or ()),
        unit=unit,
        arms=parse_arms(arm) if arm else (),
    )
    found = read_out(table, choices, read_plan(plan) if plan else None)
    if output is not None:
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        with published_file(output) as partial:
            partial.write_text(text, encoding="utf-8")
    show(readout_page(found))
