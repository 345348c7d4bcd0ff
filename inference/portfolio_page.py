"""Portfolios for the terminal: a physician's brands as columns, so that what they share is seen across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .profiles.rendering import bar

SHOWN = 4
"""Barriers and drivers of a brand on the page; records have all."""
SIDE_BY_SIDE = 3
"""Brands in one table: more are not readable in 80 columns."""
WITH_BARS = 2
"""Brands in one table that leave room for bars."""

Row = dict[str, Any]


def portfolio_page(found: Sequence[Row]) -> RenderableType:
    """For each physician a table of brands, and what they share."""
    if not found:
        return Text("Nothing in this run fits.")
    return Group(*(part for item in found for part in _portfolio(item)))


def _portfolio(item: Row) -> list[RenderableType]:
    who = f"{item['name']} ({item['hcp_id']})" if item["name"] else item["hcp_id"]
    parts: list[RenderableType] = [Text(f"{who} · as of {item['as_of']}", style="bold")]
    brands = item["brands"]
    if brands and "known" in brands[0]:
        parts.append(Text("Nothing is known of this physician: below is what is expected of the segment."))
    shared = {kind: {row["topic"] for row in rows} for kind, rows in item["shared"].items()}
    parts += [_table(brands[at : at + SIDE_BY_SIDE], shared) for at in range(0, len(brands), SIDE_BY_SIDE)]
    if len(brands) > 1:
        parts += [_shared(kind, rows) for kind, rows in item["shared"].items()]
    return [*parts, Text("")]


def _table(brands: Sequence[Row], shared: dict[str, set[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, pad_edge=False)
    table.add_column("", no_wrap=True, style="dim")
    for brand in brands:
        table.add_column(Text(_brand(brand["brand"])), ratio=1)
    table.add_row("open flags", *(_flags(brand) for brand in brands))
    table.add_row("conflicts", *(_conflicts(brand) for brand in brands))
    table.add_row("stage", *(_stage(brand["adoption_stage"]) for brand in brands))
    for kind in ("barriers", "drivers"):
        table.add_row(kind, *(_entries(brand[kind], shared[kind], len(brands) <= WITH_BARS) for brand in brands))
    table.add_row("last contact", *(_contact(brand["last_contact"]) for brand in brands))
    return table


def _flags(brand: Row) -> Text:
    kinds = [flag["kind"].replace("_", " ") for flag in brand["open_flags"]]
    counted = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    return Text("\n".join(counted) or "–", style="bold red" if counted else "dim")


def _conflicts(brand: Row) -> Text:
    topics = dict.fromkeys(conflict["topic"].replace("_", " ") for conflict in brand["conflicts"])
    return Text("\n".join(topics) or "–", style="yellow" if topics else "dim")


def _stage(stage: Row | None) -> Text:
    return Text(f"{stage['stage']} {stage['probability']:.0%}") if stage else Text("–", style="dim")


def _entries(entries: Sequence[Row], shared: set[str], has_bars: bool) -> Text:
    lines = [_topic(entry, shared, f"{bar(entry['probability'])} " if has_bars else "") for entry in entries[:SHOWN]]
    if len(entries) > SHOWN:
        lines.append(Text(f"and {len(entries) - SHOWN} more", style="dim"))
    return Text("\n").join(lines) if lines else Text("–", style="dim")


def _topic(entry: Row, shared: set[str], drawn: str) -> Text:
    topic = entry["topic"].replace("_", " ")
    return Text.assemble(drawn, f"{entry['probability']:.2f} ", (topic, "bold" if entry["topic"] in shared else ""))


def _contact(contact: Row | None) -> Text:
    return Text(f"{contact['date']}\n{contact['how']}") if contact else Text("–", style="dim")


def _shared(kind: str, rows: Sequence[Row]) -> Text:
    told = [f"{row['topic'].replace('_', ' ')} ({', '.join(map(_brand, row['brands']))})" for row in rows]
    return Text.assemble((f"Shared {kind}: ", "bold"), "; ".join(told) or "none")


def _brand(name: str | None) -> str:
    return name or "no brand"
