"""`hcplens eval simulate`: a world whose truth is known, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def simulate(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write.")],
    physicians: Annotated[int, typer.Option(min=1, help="How many physicians.")] = 200,
    months: Annotated[int, typer.Option(min=1, help="How many months of 30 days.")] = 9,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same world.")] = 7,
    measure: Annotated[
        Path | None, typer.Option(help="Also infer profiles, hold them against the truth: the result folder to write.")
    ] = None,
) -> None:
    """Physicians with known drivers, barriers, channels and response, and the records they leave.

    The files go to `hcplens run --notes notes.jsonl --statements notes.jsonl …`; what is true lies beside them. With
    --measure: how near ledger and channels come to it, beside simpler rules and with parts left out.
    """
    from ...inference.runs import require_publishable
    from ...inference.targets import require_apart, require_reachable
    from ..results import RESULT_FILE, write_result
    from ..simulator import MARKER, SimulationOptions, measured_world, write_world
    from ..simulator import simulate as simulate_world
    from .pages import show

    options = SimulationOptions(physicians=physicians, months=months, seed=seed)
    require_publishable(output, marker=MARKER)
    require_reachable(output)
    if measure:
        require_publishable(measure, marker=RESULT_FILE)
        require_reachable(measure)
        require_apart(output, measure)
    world = simulate_world(options)
    counts = write_world(world, output)
    rows = ", ".join(f"{count:,} in {name}" for name, count in counts.items())
    typer.echo(f"a simulated world up to {options.as_of} lies in {output}: rows {rows}")
    if measure:
        from ..report import summary

        result = measured_world(world)
        write_result(result, measure)
        show(summary(result, parts=True))
