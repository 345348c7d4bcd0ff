"""Rendering: one physician and brand as a page for the terminal, what needs a person first."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

BAR_WIDTH = 10
_STATE_STYLES = {"open": "bold red", "reopened": "bold red", "contradicted": "yellow", "resolved": "green"}
_TREND_MARKS = {"rising": "↑", "steady": "→", "falling": "↓"}


def render_physician(item: dict[str, Any], *, name: str | None = None) -> RenderableType:
    """A panel for one object of `inspect`: flags and conflicts, barriers, drivers, channels, adoption stage.

    `name` is shown beside the id where given. Everything quoted is shown as text: nothing in it is read as markup.
    """
    parts: list[RenderableType] = [*_warnings(item)]
    parts += _entries("Barriers", item["barriers"])
    parts += _entries("Drivers", item["drivers"])
    parts += _channels(item["channels"])
    stage = item["adoption_stage"]
    if stage is not None:
        parts.append(Text(f"Adoption stage: {stage['stage']} ({stage['probability']:.0%}, by rule)"))
    if not parts:
        parts.append(Text("Nothing known yet.", style="dim"))
    who = f"{name} ({item['hcp_id']})" if name else item["hcp_id"]
    title = Text(f"{who} · {item['brand'] or 'no brand'} · as of {item['as_of']}", style="bold")
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED)


def bar(probability: float) -> str:
    """A bar of ten cells, filled to the nearest tenth."""
    filled = round(probability * BAR_WIDTH)
    return "█" * filled + "░" * (BAR_WIDTH - filled)


def _warnings(item: dict[str, Any]) -> list[RenderableType]:
    flags = [
        Text(f"⚑ open {_words(flag['kind'])} in {flag['note_id']}", style="bold red") for flag in item["open_flags"]
    ]
    conflicts: list[RenderableType] = []
    for conflict in item["conflicts"]:
        conflicts.append(Text(f"≠ {_words(conflict['topic'])}: {conflict['what']}", style="yellow"))
        conflicts += [Text(f"    {_quoted(evidence)}", style="dim") for evidence in conflict["evidence"]]
    return [*flags, *conflicts]


def _entries(title: str, entries: list[dict[str, Any]]) -> list[RenderableType]:
    if not entries:
        return []
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", expand=True, padding=(0, 1))
    for column in ("topic", "state", "belief", "seen"):
        table.add_column(column, no_wrap=True)
    table.add_column("last words", ratio=1)
    for entry in entries:
        table.add_row(
            Text(_words(entry["topic"])),
            Text(entry["state"], style=_STATE_STYLES.get(entry["state"], "")),
            Text(f"{bar(entry['probability'])} {_span(entry)} {_TREND_MARKS[entry['trend']]}"),
            Text(_seen(entry)),
            Text(_quoted(entry["evidence"][0]) if entry["evidence"] else "—"),
        )
    return [table]


def _channels(channels: list[dict[str, Any]]) -> list[RenderableType]:
    if not channels:
        return []
    table = Table(box=box.SIMPLE_HEAD, title="Channels", title_justify="left", expand=True, padding=(0, 1))
    for column in ("channel", "engages", "consent"):
        table.add_column(column, no_wrap=True)
    table.add_column("why", ratio=1)
    for channel in channels:
        consent = Text("yes", style="green") if channel["consented"] else Text("blocked", style="red")
        belief = Text(f"{bar(channel['p_engage'])} {_span(channel, 'p_engage')}")
        table.add_row(Text(f"{channel['rank']} {_words(channel['channel'])}"), belief, consent, Text(channel["why"]))
    return [table]


def _span(row: dict[str, Any], field: str = "probability") -> str:
    return f"{row[field]:.2f} ({row['low']:.2f}-{row['high']:.2f})"


def _seen(entry: dict[str, Any]) -> str:
    first, last = entry["first_seen"], entry["last_seen"]
    return str(first) if first == last else f"{first} to {last}"


def _quoted(evidence: dict[str, Any]) -> str:
    words = f"“{evidence['text']}” " if evidence["text"] else ""
    return f"{words}{evidence['source']} {evidence['id']}, {evidence['date']}"


def _words(name: str) -> str:
    return name.replace("_", " ")
