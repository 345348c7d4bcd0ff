"""A readout on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .arm_effects import ArmEffect
from .difference import Difference
from .readout import Readout
from .subgroups import SubgroupEffects

_LOUD = ("SAMPLE RATIO", "DIFFERENTIAL")
_NOTHING = "too few to say"


def readout_page(readout: Readout) -> RenderableType:
    """Verdicts first, then who was there, the effects, the subgroups, and what to know."""
    parts: list[RenderableType] = [
        *(Text(line, style="bold red" if line.startswith(_LOUD) else "bold") for line in readout.verdicts),
        _arms(readout),
    ]
    outcomes = dict.fromkeys(effect.outcome for effect in readout.effects)
    parts.extend(_effects(readout, outcome) for outcome in outcomes)
    parts.extend(_subgroups(effects, readout.control) for effects in readout.subgroups)
    parts.extend(Text(f"note: {line}") for line in readout.notices)
    return Group(*parts)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=Text(title), box=SIMPLE_HEAD, title_justify="left")
    for place, heading in enumerate(headings):
        table.add_column(Text(heading), justify="left" if place == 0 else "right")
    return table


def _arms(readout: Readout) -> Table:
    ratio = readout.sample_ratio
    verdict = "one arm" if ratio.p_value is None else f"p = {ratio.p_value:.2g}"
    table = _table(
        f"Arms (sample ratio of {ratio.counted} against {ratio.against}: {verdict})",
        *("arm", "assigned", "in the table", "clusters", "expected", "without outcome"),
    )
    for arm in readout.arms:
        missing = [f"{one.outcome} {one.share:.1%}" for one in readout.missing if one.arm == arm.arm and one.missing]
        expected = ratio.expected.get(arm.arm)
        table.add_row(
            Text(arm.arm),
            f"{arm.assigned:,}",
            f"{arm.in_table:,}" if arm.ran else "never ran",
            "-" if arm.clusters is None else f"{arm.clusters:,}",
            "-" if expected is None else f"{expected:,.1f}",
            Text(", ".join(missing) or "none"),
        )
    return table


def _effects(readout: Readout, outcome: str) -> Table:
    table = _table(
        f"{outcome}: difference from {readout.control}, {1 - readout.alpha:.0%} intervals",
        *("arm", "effect", "interval", "relative", "p (Holm)", "interval at any look"),
    )
    for effect in readout.effects:
        if effect.outcome == outcome:
            for cells in _rows(effect):
                table.add_row(*map(Text, cells))
    return table


def _rows(effect: ArmEffect) -> Iterator[list[str]]:
    yield [effect.arm, *_cells(effect, effect.plain)]
    if effect.adjusted is not None:
        narrower = "" if effect.narrower is None else f", {_narrower(effect.narrower)}"
        yield [f"  adjusted{narrower}", *_cells(effect, effect.adjusted)]


def _cells(effect: ArmEffect, difference: Difference) -> list[str]:
    p_value = _p_value(effect.p_holm) if difference is effect.best else ""
    return [*_effect(difference), p_value, _any_look(difference)]


def _narrower(share: float) -> str:
    return f"interval {abs(share):.1%} {'narrower' if share >= 0 else 'wider'}"


def _effect(difference: Difference) -> list[str]:
    estimate = difference.estimate
    relative = "" if difference.uplift is None else f"{difference.uplift:+.1%}"
    if estimate.low is None or estimate.high is None:
        return [f"{estimate.value:+.4g}", difference.caution, relative]
    return [f"{estimate.value:+.4g}", f"{estimate.low:.4g} to {estimate.high:.4g}", relative]


def _any_look(difference: Difference) -> str:
    if difference.sequential_low is None or difference.sequential_high is None:
        return ""
    return f"{difference.sequential_low:.4g} to {difference.sequential_high:.4g}"


def _basis(difference: Difference) -> str:
    estimate = difference.estimate
    clusters = f", {estimate.clusters:,} clusters" if estimate.clusters != estimate.items else ""
    return f"{estimate.items:,}{clusters}"


def _p_value(p_value: float | None) -> str:
    return "" if p_value is None else f"{p_value:.2g}"


def _subgroups(effects: SubgroupEffects, control: str) -> Table:
    test = _NOTHING if effects.interaction_p is None else f"p = {effects.interaction_p_holm:.2g} (Holm)"
    table = _table(
        f"{effects.arm} against {control} on {effects.outcome} by {effects.column}; does it differ: {test}",
        *(effects.column, "effect", "interval", "relative", "p (Holm)", "n"),
    )
    for level in effects.levels:
        cells = [level.level, *_effect(level.difference), _p_value(level.p_holm), _basis(level.difference)]
        table.add_row(*map(Text, cells))
    return table
