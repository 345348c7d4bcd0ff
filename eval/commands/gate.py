"""`hcplens eval gate`: is the result good enough?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def gate(
    result: Annotated[Path, typer.Argument(help="A result: a folder that `hcplens eval run` wrote.")],
    gates: Annotated[Path, typer.Option(help="What it must reach, as YAML.")],
    against: Annotated[
        Path | None, typer.Option(help="An older result, for the gates on what may become worse.")
    ] = None,
) -> None:
    """Hold a result against its gates: exit 3 where one is missed, and say which."""
    from ..comparison import Gates, check_gates, compare, gates_page
    from ..results import read_result
    from .pages import show

    asked = Gates.load(gates)
    asked.require_old(against)
    found = read_result(result)
    report = check_gates(asked, found, compare(read_result(against), found) if against else None)
    show(gates_page(report))
    report.require_passed()
