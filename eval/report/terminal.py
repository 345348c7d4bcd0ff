"""A result as a page for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..results import ALL, Figure, Result


def summary(result: Result, *, parts: bool = False) -> RenderableType:
    """Notices, where the figures come from, and a table a suite, within 100 columns.

    Figures of a part (a topic, a brand) are counted; they and the notes to figures are shown if `parts`,
    the parts also where there is no whole: several logs.
    """
    pages: list[RenderableType] = [*_notices(result), *_provenance(result)]
    for suite in result.suites:
        pages += _suite(suite, [figure for figure in result.figures if figure.suite == suite], parts)
    return Group(*pages)


def _notices(result: Result) -> Iterator[Text]:
    yield from (Text(f"! {notice}", style="yellow") for notice in result.provenance.notices)


def _provenance(result: Result) -> Iterator[Text]:
    provenance = result.provenance
    yield Text(f"model: {provenance.model}")
    data = (f"{name} ({digest[:12]})" for name, digest in provenance.data.items())
    yield Text(f"data: {', '.join(data) or 'none named'}")
    for items, how in provenance.scored_by.items():
        yield Text(f"{items}: {how}")
    yield Text(
        f"hcplens {provenance.version}, {provenance.created_at}, {provenance.seconds:,.1f} s; intervals are 95 %, "
        "clustered",
        style="dim",
    )


def _suite(suite: str, figures: list[Figure], parts: bool) -> Iterator[RenderableType]:
    whole = [figure for figure in figures if figure.part == ALL]
    shown = figures if parts or not whole else whole
    folded = len(figures) - len(shown)
    yield Text()
    yield _table(suite, shown, notes=parts)
    if folded:
        yield Text(
            f"{folded:,} more by topic, brand or other part: --parts shows them, and what each figure means.",
            style="dim",
        )


def _table(suite: str, figures: list[Figure], *, notes: bool) -> Table:
    table = Table(title=suite, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("figure", overflow="fold", min_width=24)
    for heading in ("value", "95 % interval", "n", "clusters"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("caution", min_width=8)
    for figure in figures:
        table.add_row(*_cells(figure, notes=notes))
    return table


def _cells(figure: Figure, *, notes: bool) -> Iterator[RenderableType]:
    estimate = figure.estimate
    name = Text(figure.metric if figure.part == ALL else f"{figure.metric}, {figure.part}")
    yield name.append(f"\n{figure.note}", style="dim") if notes and figure.note and figure.part == ALL else name
    yield Text(estimate.value_text)
    yield Text(estimate.interval_text)
    yield f"{estimate.items:,}"
    yield f"{estimate.clusters:,}" if estimate.clusters else ""
    yield Text(estimate.caution, style="yellow")
