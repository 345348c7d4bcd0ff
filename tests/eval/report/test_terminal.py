"""The terminal summary of a result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from hcplens.eval.metrics import RATIO, SHARE, means
from hcplens.eval.report import summary
from hcplens.eval.results import ItemSet, Provenance, Result, measured, reading

ITEMS = ItemSet("notes", tuple(f"N{n}" for n in range(40)), tuple(f"H{n % 20}" for n in range(40)))
HALF = means([1.0, 0.0] * 20)


@pytest.fixture
def result() -> Result:
    figures = (
        measured("notes", "topic+polarity F1", SHARE, ITEMS, HALF, note="synthetic [note]"),
        measured("notes", "topic+polarity F1", SHARE, ITEMS, HALF[:3], rows=[0, 1, 2], part="topic=cost"),
        measured("notes", "precision", SHARE, ITEMS, np.zeros((40, 2))),
        measured("policy", "value of the uniform policy", RATIO, ITEMS, HALF * [0.0048, 1.0]),
        reading("notes", "notes per second", 272.0, items=300),
    )
    provenance = Provenance(
        "0.2.0",
        "2026-10-01T08:00:00+00:00",
        61.5,
        {"notes_[a].jsonl": "ab" * 32},
        "heads 1.2.0",
        "ee",
        {"notes": "cross-fitted by brand"},
        ("the notes are synthetic [all]",),
    )
    return Result(provenance, (ITEMS,), figures)


def printed(result: Result, *, parts: bool = False, width: int = 100) -> str:
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(summary(result, parts=parts))
    return captured.get()


def row(page: str, name: str) -> str:
    [line] = [line for line in page.splitlines() if line.strip().startswith(name)]
    return " ".join(line.split())


def test_a_figure_has_value_interval_n_clusters_and_caution(result: Result) -> None:
    estimate = result.figures[0].estimate
    interval = f"{estimate.low:.3f} to {estimate.high:.3f}"
    assert row(printed(result), "topic+polarity F1") == f"topic+polarity F1 0.500 {interval} 40 20 few clusters"


def test_a_reading_has_no_interval_and_needs_no_caution(result: Result) -> None:
    assert row(printed(result), "notes per second") == "notes per second 272 300"


def test_a_figure_that_is_not_defined_says_so(result: Result) -> None:
    assert row(printed(result), "precision") == "precision not defined 40 20 too few to say"


def test_a_small_rate_keeps_its_digits(result: Result) -> None:
    assert "0.00240" in row(printed(result), "value of the uniform policy")


def test_parts_are_folded_unless_asked_for(result: Result) -> None:
    assert "topic=cost" not in printed(result)
    assert "1 more by topic, brand or other part" in printed(result)
    shown = printed(result, parts=True)
    assert row(shown, "topic+polarity F1, topic=cost").endswith("3 3 too few to say")
    assert "--parts" not in shown


def test_notices_come_first_and_provenance_is_told(result: Result) -> None:
    page = printed(result)
    assert page.startswith("! the notes are synthetic [all]")
    for told in ("model: heads 1.2.0", "notes_[a].jsonl (abababababab)", "notes: cross-fitted by brand", "61.5 s"):
        assert told in page
    assert "synthetic [note]" not in page
    assert "synthetic [note]" in printed(result, parts=True)


def test_it_fits_100_columns_however_long_the_names(result: Result) -> None:
    long = measured("notes", "share of " + "very " * 30 + "long names", SHARE, ITEMS, HALF, part="topic=" + "x" * 120)
    page = printed(Result(result.provenance, (ITEMS,), (*result.figures, long)), parts=True, width=100)
    assert max(map(len, page.splitlines())) <= 100
    assert "x" * 20 in page


def test_parts_without_a_whole_are_shown(result: Result) -> None:
    parts = tuple(figure for figure in result.figures if figure.part != "all")
    assert parts
    assert "topic=cost" in printed(replace(result, figures=parts))
