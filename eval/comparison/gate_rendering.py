"""Gates for people: what was passed, and what was not held against anything."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from .gate_check import GateReport


def gates_page(report: GateReport) -> RenderableType:
    """The gates that were passed and those left unchecked; those missed are the error's to tell."""
    passed = [outcome for outcome in report.outcomes if outcome.passed]
    lines = [Text(f"  passed: {outcome.sentence}", style="green") for outcome in passed]
    lines += [Text(f"  not checked: {what}", style="yellow") for what in report.unchecked]
    return Group(_headline(len(passed), report), *lines)


def _headline(passed: int, report: GateReport) -> Text:
    if report.missed:
        return Text(f"\n{passed:,} of {len(report.outcomes):,} gates passed", style="bold red")
    if not passed:
        return Text("\nNo gate was checked", style="bold yellow")
    return Text(f"\nAll {passed:,} gates passed" if passed > 1 else "\nThe one gate passed", style="bold green")
