"""A page for the terminal, readable in 80 columns: what needs a person first. Quoted words are text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..profiles.rendering import interval_bar
from .physician_page import Belief, Channel, Entry, PhysicianPage, Quotation
from .terminal_words import MUTED, belief_words, quoted, story_line
from .wording import spoken_day

LEGEND = "█ at least  ▒ 90 % interval  ┃ estimate"
SHOWN_QUOTATIONS = 2
SHOWN_EXPECTED = 6
"""Topics to expect of a physician of whom nothing is known: there are as many as the brand has."""
_STATE_STYLES = {"open": "bold red", "reopened": "bold red", "contradicted": "bold yellow", "resolved": "green"}
_TREND_MARKS = {"rising": "↑ rising", "steady": "→ steady", "falling": "↓ falling"}
_WISH_STYLES = {"prefers": "bold green", "avoids": "bold red"}
_TITLES = {"barrier": ("Barriers", "Barriers to expect"), "driver": ("Drivers", "Drivers to expect")}


def render_page(page: PhysicianPage) -> RenderableType:
    """A panel for one physician and brand."""
    parts: list[RenderableType] = [_about(page), *_flags(page), *_conflicts(page)]
    for polarity, entries in (("barrier", page.barriers), ("driver", page.drivers)):
        parts += _expected(polarity, entries) if page.expected_of else _entries(polarity, entries, page)
    parts += [*_past(page), *_channels(page.channels), *_stage(page), *_unknown(page.unknown)]
    title = Text(f"{page.person.heading} · {page.brand or 'no brand'} · as of {page.as_of.isoformat()}", style="bold")
    legend = Text(LEGEND, style=MUTED) if page.barriers or page.drivers or page.channels else None
    return Panel(Group(*parts), title=title, title_align="left", subtitle=legend, box=box.ROUNDED)


def inspection_page(pages: Sequence[PhysicianPage]) -> RenderableType:
    """A panel per physician and brand."""
    return Group(*map(render_page, pages)) if pages else Text("Nothing in this run fits.")


def _about(page: PhysicianPage) -> RenderableType:
    contact = f"last contact {page.last_contact}" if page.last_contact else "no contact logged"
    line = Text(" · ".join((*page.person.facts, contact)), style=MUTED)
    if page.expected_of is None:
        return line
    why = page.expected_of
    return Group(line, Text(f"\n{why[0].upper()}{why[1:]}. Nothing below was said by this physician.", style="bold"))


def _flags(page: PhysicianPage) -> Iterator[RenderableType]:
    if page.flags:
        yield Text("\nOpen safety flags", style="bold red")
    for flag in page.flags:
        due = f", due {spoken_day(flag.due, page.as_of)}" if flag.due else ""
        line = Text.assemble((f"⚑ {flag.kind}", "bold red"), f" in {flag.record}{due}")
        if flag.is_overdue:
            line.append(", overdue", style="bold red")
        yield Padding(line, (0, 0, 0, 2))
        if flag.words:
            yield Padding(Text(f"“{flag.words}”", style="italic"), (0, 0, 0, 4))


def _conflicts(page: PhysicianPage) -> Iterator[RenderableType]:
    if page.conflicts:
        yield Text("\nConflicts", style="bold yellow")
    for conflict in page.conflicts:
        line = Text.assemble((f"≠ {conflict.topic}: ", "bold yellow"), conflict.what)
        yield Padding(line, (0, 0, 0, 2))
        yield from _quotations(conflict.quotations, page, len(conflict.quotations))


def _entries(polarity: str, entries: Sequence[Entry], page: PhysicianPage) -> Iterator[RenderableType]:
    title, _ = _TITLES[polarity]
    yield Text(f"\n{title}", style="bold")
    if not entries:
        yield Text("  none is believed open", style=MUTED)
    for entry in entries:
        head = _grid()
        mark = _TREND_MARKS.get(entry.trend or "", "")
        state = Text(entry.state, style=_STATE_STYLES.get(entry.state, ""))
        head.add_row(
            Text(f"  {entry.topic}", style="bold"), state, _bar(entry.belief), belief_words(entry.belief), mark
        )
        yield head
        yield Padding(story_line(entry, page.as_of), (0, 0, 0, 4))
        yield from _quotations(entry.quotations, page, SHOWN_QUOTATIONS)


def _expected(polarity: str, entries: Sequence[Entry]) -> Iterator[RenderableType]:
    _, title = _TITLES[polarity]
    yield Text(f"\n{title}", style="bold")
    if not entries:
        yield Text("  nothing is known of any", style=MUTED)
        return
    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=20)
    for entry in entries[:SHOWN_EXPECTED]:
        table.add_row(Text(f"  {entry.topic}"), _bar(entry.belief), belief_words(entry.belief))
    yield table
    if len(entries) > SHOWN_EXPECTED:
        yield Text(f"  and {len(entries) - SHOWN_EXPECTED} less common", style=MUTED)


def _past(page: PhysicianPage) -> Iterator[RenderableType]:
    if not page.past:
        return
    yield Text("\nResolved, faded or only hinted at", style="bold")
    table = Table.grid(padding=(0, 1))
    for _ in ("topic", "polarity"):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for entry in page.past:
        belief = Text(f"now {entry.belief.probability:.2f}", style=MUTED)
        table.add_row(
            Text(f"  {entry.topic}"), Text(entry.polarity, style=MUTED), story_line(entry, page.as_of), belief
        )
    yield table


def _channels(channels: Iterable[Channel]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    for _ in ("channel", "engages", "interval", "consent"):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for channel in channels:
        consent = Text("allowed", style="green") if channel.is_allowed else Text("closed", style="red")
        why = Text(channel.why, style=_WISH_STYLES.get(channel.stated or "", ""))
        table.add_row(
            f"  {channel.rank}",
            Text(channel.name),
            _bar(channel.belief),
            Text(f"{channel.belief.probability:.2f}"),
            consent,
            why,
        )
    if table.row_count:
        yield Text("\nChannels", style="bold")
        yield table


def _stage(page: PhysicianPage) -> Iterator[RenderableType]:
    stage = page.stage
    if stage is None:
        return
    yield Text.assemble("\n", ("Adoption stage: ", "bold"), (stage.name, "bold"), f" ({stage.probability:.0%})")
    path = " → ".join(f"{moment.what} {spoken_day(moment.day, page.as_of)}" for moment in stage.story)
    yield Padding(Text(path or stage.why), (0, 0, 0, 2))
    if stage.story and stage.story[-1].quotation:
        yield quoted(stage.story[-1].quotation, page.as_of)


def _unknown(sentences: Sequence[str]) -> Iterator[RenderableType]:
    if not sentences:
        return
    yield Text("\nNot known", style="bold")
    table = Table.grid(padding=(0, 1))
    for sentence in sentences:
        table.add_row("  ·", Text(sentence))
    yield table


def _quotations(quotations: Sequence[Quotation], page: PhysicianPage, shown: int) -> Iterator[RenderableType]:
    for quotation in quotations[:shown]:
        yield quoted(quotation, page.as_of)
    if len(quotations) > shown:
        yield Text(f"    and {len(quotations) - shown} more", style=MUTED)


def _grid() -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=20)
    for width in (12, None, None, None):
        table.add_column(no_wrap=True, min_width=width)
    return table


def _bar(belief: Belief) -> Text:
    return Text(interval_bar(belief.probability, belief.low, belief.high))
