"""A comparison for people: a page for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..metrics import interval_text, number
from ..results import Example
from .comparison import Comparison
from .differences import FAMILIES, VERDICTS, Difference
from .flips import Flip, Flips

SHOWN_FLIPS = 3
_STYLES = {"better": "bold green", "worse": "bold red", "different": "bold yellow"}
_MARK_STYLES = {"hit": "green", "missed": "underline yellow", "false": "underline red"}
_MARK_WORDS = {"hit": "right", "missed": "missed", "false": "wrong"}


def comparison_page(comparison: Comparison, *, parts: bool = False) -> RenderableType:
    """What each figure became, with interval, p-value and verdict, then some of the items that flipped.

    Figures of a part are shown where a difference is shown, or all of them if `parts`.
    """
    pages: list[RenderableType] = [*_headlines(comparison)]
    for suite, group in groupby(comparison.differences, key=lambda difference: difference.suite):
        pages += _suite(suite, list(group), parts)
    pages += _unmatched(comparison)
    for flips in comparison.flips:
        pages += _flips(flips)
    return Group(*pages)


def _headlines(comparison: Comparison) -> Iterator[Text]:
    for side, provenance in (("old", comparison.old), ("new", comparison.new)):
        yield Text(f"{side}: {provenance.model}, measured {provenance.created_at}")
    yield from (Text(f"! {notice}", style="yellow") for notice in comparison.notices)
    yield Text(
        f"{_tested(comparison)}. Differences are new minus old on the items of both, intervals 95 % clustered.",
        style="dim",
    )
    yield _verdicts(comparison)


def _tested(comparison: Comparison) -> str:
    families = [f"{count:,} {FAMILIES[family]}" for family, count in comparison.families.items() if count]
    held = f": {'; '.join(families)}. The p-values of each group are corrected for it alone (Holm)" if families else ""
    same = comparison.same_on_every_item
    return f"{comparison.tested:,} figures tested{held}" + (f"; {same:,} are the same on every item" if same else "")


def _verdicts(comparison: Comparison) -> Text:
    counts = Counter(difference.verdict for difference in comparison.differences)
    return Text(", ".join(f"{counts[verdict]:,} {verdict}" for verdict in VERDICTS if counts[verdict]), style="bold")


def _suite(suite: str, differences: Sequence[Difference], parts: bool) -> Iterator[RenderableType]:
    shown = [difference for difference in differences if parts or difference.part == "all" or _told(difference)]
    table = Table(title=suite, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("figure", overflow="fold", min_width=22)
    for heading in ("old", "new", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right")
    for heading in ("p", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", min_width=10)
    for difference in shown:
        table.add_row(*_cells(difference))
    yield Text()
    yield table
    if len(shown) < len(differences):
        folded = len(differences) - len(shown)
        yield Text(f"{folded:,} more of parts, without a shown difference: --parts shows them.", style="dim")


def _told(difference: Difference) -> bool:
    return difference.verdict in _STYLES


def _cells(difference: Difference) -> Iterator[RenderableType]:
    part = "" if difference.part == "all" else f", {difference.part}"
    yield Text(f"{difference.metric}{part}")
    yield number(difference.old)
    yield number(difference.new, [difference.old])
    yield number(difference.difference, [difference.old], sign=True)
    yield interval_text(difference.low, difference.high, [difference.old], sign=True)
    yield "" if difference.p_adjusted is None else f"{difference.p_adjusted:.3f}"
    yield f"{difference.items:,}" if difference.items else ""
    told = "unchanged" if difference.same_on_every_item else difference.verdict
    yield Text(told, style=_STYLES.get(difference.verdict, ""))


def _unmatched(comparison: Comparison) -> Iterator[Text]:
    for side, figures in (("old", comparison.only_old), ("new", comparison.only_new)):
        if figures:
            keys = ", ".join(figure.key for figure in figures[:5]) + (" …" if len(figures) > 5 else "")
            yield Text(f"\n{len(figures):,} figures are only in the {side} result: {keys}", style="yellow")


def _flips(flips: Flips) -> Iterator[RenderableType]:
    undefined = f"; {flips.undefined:,} cannot be judged" if flips.undefined else ""
    yield Text.assemble(
        (f"\n{flips.suite}: items that flipped, by {flips.key}\n", "bold"),
        f"{flips.better:,} better, {flips.worse:,} worse, of {flips.items:,}{undefined}",
    )
    shown = list(_largest(flips.flips))
    for flip in shown:
        yield _flip(flip)
    if len(shown) < len(flips.flips):
        yield Text(f"{len(flips.flips) - len(shown):,} more; --format json has them all.", style="dim")


def _largest(flips: Sequence[Flip]) -> Iterator[Flip]:
    """The largest changes for the worse, then for the better."""
    yield from [flip for flip in flips if flip.gain < 0][:SHOWN_FLIPS]
    yield from [flip for flip in flips if flip.gain > 0][:SHOWN_FLIPS]


def _flip(flip: Flip) -> RenderableType:
    way = Text("better", style=_STYLES["better"]) if flip.gain > 0 else Text("worse", style=_STYLES["worse"])
    head = Text.assemble(f"\n{flip.item_id}: ", way, f", {number(flip.old)} → {number(flip.new, [flip.old])}")
    if flip.old_example is None and flip.new_example is None:
        return head
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    table.add_column("old", ratio=1, header_style="dim")
    table.add_column("new", ratio=1, header_style="dim")
    table.add_row(_example(flip.old_example), _example(flip.new_example))
    return Group(head, Padding(table, (0, 0, 0, 2)))


def _example(example: Example | None) -> RenderableType:
    """The text with its marked words, and below it what was said of them: colours alone do not tell everyone."""
    if example is None:
        return Text("no example kept", style="dim")
    text = Text(example.text)
    for mark in example.marks:
        text.stylize(_MARK_STYLES[mark.outcome], mark.start, mark.end)
    lines = [
        f"{_MARK_WORDS[mark.outcome]}: {mark.label} “{example.text[mark.start : mark.end]}”" for mark in example.marks
    ]
    facts = [f"{name}: {value}" for name, value in example.facts]
    return Group(text, Text("\n".join(_unique([*lines, *facts])), style="dim"))


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
