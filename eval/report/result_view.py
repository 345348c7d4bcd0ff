"""One result as the page shows it: a section a suite, and what must be said before its figures are believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..metrics import FEW_CLUSTERS, TOO_FEW_CLUSTERS
from ..results import ALL, Result
from .confusion_table import ConfusionTable, confusion_table
from .figure_tables import FigureRow, SuiteTables, suite_tables
from .named_results import NamedResult
from .reliability_drawing import ReliabilityDrawing, draw_reliability
from .trend import TrendDrawing, draw_trend


@dataclass(frozen=True)
class SuiteView:
    """Tables and pictures of one suite."""

    suite: str
    tables: SuiteTables
    reliability: tuple[ReliabilityDrawing, ...]
    confusions: tuple[ConfusionTable, ...]


@dataclass(frozen=True)
class MeasuredOn:
    """What was measured on, and how it was kept apart from training; no counts where no such item set is kept."""

    name: str
    items: int | None
    clusters: int | None
    kept_apart: str


@dataclass(frozen=True)
class ResultView:
    """A result with its suites in the order they were run."""

    named: NamedResult
    measured_on: tuple[MeasuredOn, ...]
    suites: tuple[SuiteView, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Glance:
    """A suite's main figure, and what it was in the result before; empty where it was not measured then."""

    suite: str
    row: FigureRow
    before: str


@dataclass(frozen=True)
class SuiteTrends:
    """How the figures of a suite moved: one drawing a figure of all items that can be better or worse."""

    suite: str
    drawings: tuple[TrendDrawing, ...]


def result_view(named: NamedResult) -> ResultView:
    """The view of one result."""
    result = named.result
    pictured = [curve.suite for curve in result.reliability] + [table.suite for table in result.confusions]
    suites = dict.fromkeys([*result.suites, *pictured])
    return ResultView(
        named=named,
        measured_on=_measured_on(result),
        suites=tuple(_suite_view(suite, result) for suite in suites),
        cautions=tuple(_cautions(result)),
    )


def glances(results: Sequence[NamedResult]) -> tuple[Glance, ...]:
    """The main figure of each suite of the newest result; results newest first."""
    newest = results[0].result
    before = {figure.key: figure for figure in results[1].result.figures} if len(results) > 1 else {}
    found = []
    for suite in newest.suites:
        row = suite_tables(suite, newest.figures).main
        if row is not None:
            then = before.get(row.figure.key)
            found.append(Glance(suite, row, then.estimate.value_text if then else ""))
    return tuple(found)


def trends(results: Sequence[NamedResult]) -> tuple[SuiteTrends, ...]:
    """The trends of the newest result's figures, by suite; results newest first."""
    newest = results[0].result
    drawings = {
        suite: tuple(
            draw_trend(figure, results)
            for figure in newest.figures
            if figure.suite == suite and figure.part == ALL and figure.better != "neither"
        )
        for suite in newest.suites
    }
    return tuple(SuiteTrends(suite, drawn) for suite, drawn in drawings.items() if drawn)


def _measured_on(result: Result) -> tuple[MeasuredOn, ...]:
    sets = {items.name: items for items in result.item_sets}
    scored_by = result.provenance.scored_by
    return tuple(
        MeasuredOn(
            name,
            len(sets[name]) if name in sets else None,
            len(set(sets[name].clusters)) if name in sets else None,
            scored_by.get(name, "not said"),
        )
        for name in dict.fromkeys([*sets, *scored_by])
    )


def _suite_view(suite: str, result: Result) -> SuiteView:
    return SuiteView(
        suite,
        suite_tables(suite, result.figures),
        tuple(draw_reliability(curve) for curve in result.reliability if curve.suite == suite),
        tuple(confusion_table(confusion) for confusion in result.confusions if confusion.suite == suite),
    )


def _cautions(result: Result) -> list[str]:
    counts = Counter(figure.estimate.caution for figure in result.figures)
    said = {
        "few clusters": f"fewer than {FEW_CLUSTERS} clusters, so that the interval may be too narrow",
        "too few to say": f"fewer than {TOO_FEW_CLUSTERS} clusters, or often undefined, so that no interval is given",
    }
    of = f"of {len(result.figures):,} figures"
    return [f"“{name}” at {counts[name]:,} {of}: {meaning}." for name, meaning in said.items() if counts[name]]
