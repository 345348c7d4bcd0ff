"""A check of a catalogue as a page for people."""

from __future__ import annotations

from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..records.notices import counted
from ..records.rejects import MISSING
from .checking import CatalogueCheck


def summary(check: CatalogueCheck) -> str:
    """One line: how many modules, errors and warnings."""
    warnings = len(check.problems) - check.errors
    found = f"{counted(check.errors, 'error')} and {counted(warnings, 'warning')}"
    return f"{counted(check.modules, 'module')}, {found} as of {check.as_of.isoformat()}"


def check_page(check: CatalogueCheck) -> RenderableType:
    """A table of all problems by module, and the summary."""
    table = Table(box=None, padding=(0, 1))
    for heading in ("module", "", "problem", "field", "what"):
        table.add_column(heading, no_wrap=heading != "what")
    for module_id, problems in groupby(check.problems, key=lambda problem: problem.module_id):
        name = module_id or "(no id)"
        for problem in problems:
            style = "red" if problem.severity == "error" else "yellow"
            value = "" if problem.value is None or problem.value in problem.message else f" “{_short(problem.value)}”"
            place = "" if problem.row is None else f" ({problem.file} row {problem.row})"
            field = f"{problem.field} " if problem.message == MISSING else ""
            what = Text(f"{field}{problem.message}{value}{place}")
            table.add_row(
                Text(name), Text(problem.severity, style=style), problem.code, Text(problem.field or ""), what
            )
            name = ""
    return Group(table, Text(summary(check))) if check.problems else Group(Text(summary(check)))


def _short(value: str) -> str:
    words = " ".join(value.split())
    return words if len(words) <= 80 else f"{words[:79]}…"
