"""Rendering: one physician and brand as a page for the terminal, what needs a person first."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from .states import is_open

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
        parts.append(Text(f"\nAdoption stage: {stage['stage']} ({stage['probability']:.0%})"))
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
        conflicts += [_quotation(evidence) for evidence in conflict["evidence"]]
    return [*flags, *conflicts]


def _entries(title: str, entries: list[dict[str, Any]]) -> list[RenderableType]:
    """What holds or was resolved, each with its latest words; what is only hinted at in one line."""
    told = [entry for entry in entries if is_open(entry) or entry["state"] == "resolved"]
    hinted = [_words(entry["topic"]) for entry in entries if entry not in told]
    if not entries:
        return []
    lines: list[RenderableType] = [Text(f"\n{title}", style="bold")]
    for entry in told:
        lines.append(_entry(entry))
        lines += [_quotation(evidence) for evidence in entry["evidence"][:1]]
    if hinted:
        lines.append(Text(f"  hinted at, not believed (below 50 %): {', '.join(hinted)}", style="dim"))
    return lines


def _entry(entry: dict[str, Any]) -> Text:
    return Text.assemble(
        f"  {_words(entry['topic'])}  ",
        (entry["state"], _STATE_STYLES.get(entry["state"], "")),
        f"  {bar(entry['probability'])} {_span(entry)} {_TREND_MARKS[entry['trend']]}  {_seen(entry)}",
    )


def _channels(channels: list[dict[str, Any]]) -> list[RenderableType]:
    if not channels:
        return []
    table = Table(box=None, show_header=False, padding=(0, 1))
    for _ in ("channel", "engages", "consent"):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for channel in channels:
        consent = Text("allowed", style="green") if channel["consented"] else Text("no consent", style="red")
        belief = Text(f"{bar(channel['p_engage'])} {channel['p_engage']:.2f}")
        table.add_row(Text(f"{channel['rank']} {_words(channel['channel'])}"), belief, consent, Text(channel["why"]))
    return [Text("\nChannels", style="bold"), table]


def _quotation(evidence: dict[str, Any]) -> RenderableType:
    """The words, indented, with where and when they were said."""
    words = f"“{evidence['text']}” " if evidence["text"] else ""
    where = f"{evidence['source']} {evidence['id']}, {evidence['date']}"
    return Padding(Text.assemble((words, "italic"), (where, "dim")), (0, 0, 0, 4))


def _span(row: dict[str, Any]) -> str:
    return f"{row['probability']:.2f} ({row['low']:.2f}-{row['high']:.2f})"


def _seen(entry: dict[str, Any]) -> str:
    first, last = entry["first_seen"], entry["last_seen"]
    return str(first) if first == last else f"{first} to {last}"


def _words(name: str) -> str:
    return name.replace("_", " ")
