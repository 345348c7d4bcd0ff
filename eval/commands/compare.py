"""`hcplens eval compare`: is the new result better than the old?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .pages import PageFormat


def compare(
    old: Annotated[Path, typer.Argument(help="The result to compare with: a folder that `hcplens eval run` wrote.")],
    new: Annotated[Path, typer.Argument(help="The result in question.")],
    gates: Annotated[
        Path | None, typer.Option(help="What the new result must reach, as YAML; exit 3 where it does not.")
    ] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Show every figure of a topic, brand or other part.")] = False,
    shape: Annotated[PageFormat, typer.Option("--format", help="How to show it.")] = PageFormat.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there instead of standard output.")
    ] = None,
) -> None:
    """What became better or worse from the old result to the new, item by item, and whether that may be chance."""
    from rich.console import Group

    from ...inference.targets import require_file_target
    from ..comparison import Gates, check_gates, comparison_json, comparison_page, gates_page
    from ..comparison import compare as compare_results
    from ..results import read_result
    from .pages import show

    if output is not None:
        require_file_target(output)
    asked = Gates.load(gates) if gates else None
    result = read_result(new)
    comparison = compare_results(read_result(old), result)
    report = check_gates(asked, result, comparison) if asked else None
    if shape is PageFormat.JSON:
        show(comparison_json(comparison, report), output)
    else:
        pages = [comparison_page(comparison, parts=parts), *([gates_page(report)] if report else [])]
        show(Group(*pages), output)
    if report:
        report.require_passed()
