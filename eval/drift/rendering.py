"""A comparison of periods as a page for the terminal: verdicts first, then what moved, then examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..metrics import Estimate
from .aspect import Aspect
from .drift import Drift
from .period import NOT_SHOWN
from .sides import Change

_STYLES = {"stable": "green", "drifted": "bold red", "too few to say": "yellow"}


def drift_page(drift: Drift) -> RenderableType:
    """Everything a person needs to decide whether to look further; quoted words are never read as markup."""
    verdict = Text.assemble(
        f"{drift.new} against {drift.old}: ", (drift.verdict, _STYLES[drift.verdict]), _undecided(drift)
    )
    parts: list[RenderableType] = [verdict, _volumes(drift), _verdicts(drift)]
    for aspect in drift.aspects:
        if aspect.verdict == "drifted":
            parts += _details(aspect)
    parts += [Text(f"note: {notice}", style="yellow") for notice in drift.notices]
    return Group(*parts)


def _undecided(drift: Drift) -> str:
    count = sum(aspect.verdict == "too few to say" for aspect in drift.aspects)
    return f" (too few to say of {count} of {len(drift.aspects)} aspects)" if 0 < count < len(drift.aspects) else ""


def _volumes(drift: Drift) -> RenderableType:
    table = Table(box=None, show_header=True, padding=(0, 2))
    columns = ("notes", "physicians", "first", "last", "notes in 30 days")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    volume: Any
    for side, volume in drift.aspect("mix").facts.items():
        table.add_row(side, *(_cell(volume[name]) for name in columns))
    return Padding(table, (1, 0))


def _verdicts(drift: Drift) -> RenderableType:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in ("aspect", "verdict", "why"):
        table.add_column(name, overflow="fold")
    for aspect in drift.aspects:
        table.add_row(aspect.name, Text(aspect.verdict, style=_STYLES[aspect.verdict]), Text(aspect.why))
    return table


def _details(aspect: Aspect) -> Iterator[RenderableType]:
    moved = [change for change in aspect.changes if change.what in aspect.drifted]
    yield Text.assemble((f"\n{aspect.name}: what moved", "bold"), f" ({_basis(moved[0])})")
    yield _changes(moved)
    for name in ("gained", "lost"):
        some: Any = aspect.facts.get(name)
        if some:
            listed = ", ".join(f"{word['word']} ({word['old']:.0%} → {word['new']:.0%})" for word in some)
            yield Padding(Text(f"{name}: {listed}"), (0, 0, 0, 2))
    for example in aspect.examples:
        where = f"{example.period} {example.note_id}, {example.shows}"
        words = NOT_SHOWN if example.words == NOT_SHOWN else f"“{example.words}”"
        told = Text.assemble((f"{words} ", "italic"), (where, "dim"))
        yield Padding(told, (0, 0, 0, 2))


def _changes(changes: Iterable[Change]) -> RenderableType:
    table = Table(box=None, padding=(0, 2))
    table.add_column("", overflow="fold", ratio=1)
    for name in ("old", "new", "difference, 95 % interval", "p (corrected)", "effect"):
        table.add_column(name, no_wrap=True)
    for change in changes:
        table.add_row(
            Text(change.what),
            f"{change.old:.3f}",
            f"{change.new:.3f}",
            _interval(change.difference),
            _p_value(change.p_value),
            f"{change.measure} {change.effect:.2g}",
        )
    return table


def _interval(difference: Estimate) -> Text:
    if difference.low is None or difference.high is None:
        return Text(f"{difference.value:+.3f}")
    return Text(f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]")


def _basis(change: Change) -> str:
    found = change.difference
    caution = f", {found.caution}" if found.caution else ""
    return f"n = {found.items:,}, {found.clusters:,} physicians{caution}"


def _p_value(p_value: float | None) -> str:
    if p_value is None:
        return "too few to say"
    return "< 0.0001" if p_value < 0.0001 else f"{p_value:.4f}"


def _cell(value: Any) -> str:
    return "not known" if value is None else f"{value:,}" if isinstance(value, (int, float)) else str(value)
