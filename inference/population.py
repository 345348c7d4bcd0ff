"""The population of a published run: what is common in each segment, as records or as a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..errors import InputError
from .inspecting import require_known
from .profiles.rendering import bar
from .profiles.segments import KINDS, prevalence
from .runs import Run

SHOWN = 8
"""Topics of a group and polarity on the page; records have all."""


def segments_of(run: Run, *, by: str, brand: str | None = None, topic: str | None = None) -> list[dict[str, Any]]:
    """The records of `hcplens segments --format json`.

    Raises:
        InputError: physicians cannot be grouped so, or the run knows no such brand or topic.
    """
    if by not in KINDS:
        raise InputError(f"physicians are not grouped by {by!r}; there is {', '.join(KINDS)}")
    rows = prevalence(run.table("profiles"), run.table("stages"), run.table("hcps"), by=by)
    require_known(brand, {row["brand"] for row in rows}, "brand", run)
    require_known(topic, set(run.taxonomy.ids), "topic", run)
    return [row for row in rows if brand in (None, row["brand"]) and topic in (None, row["topic"])]


def segments_page(rows: Sequence[dict[str, Any]], by: str) -> RenderableType:
    """A table a brand and group: shares as bars, with their intervals."""
    if not rows:
        return Text("Nothing in this run fits.")
    parts: list[RenderableType] = []
    for (brand, group), some in groupby(rows, key=lambda row: (row["brand"], row["group"])):
        of_group = list(some)
        physicians = of_group[0]["physicians"]
        noun = "physician" if physicians == 1 else "physicians"
        title = Text(f"{brand} · {by} {group} · {physicians} {noun}", style="bold")
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for heading in ("", "topic", "open", "share", "90 % interval"):
            table.add_column(heading)
        for polarity, entries in groupby(of_group, key=lambda row: row["polarity"]):
            for row in [entry for entry in entries if entry["open"]][:SHOWN]:
                interval = f"{row['low']:.0%} to {row['high']:.0%}"
                topic_name = row["topic"].replace("_", " ")
                table.add_row(
                    polarity, topic_name, str(row["open"]), f"{bar(row['share'])} {row['share']:.0%}", interval
                )
        parts += [table, Text("")]
    return Group(*parts)
