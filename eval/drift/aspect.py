"""One aspect of drift and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from .sides import Change, Sides
from .thresholds import EXCLUDED, SIGNIFICANCE

Verdict = Literal["stable", "drifted", "too few to say"]
Side = Literal["old", "new"]


@dataclass(frozen=True)
class Moved:
    """An example of what moved: where it stands, which side it is from, what it shows, and its words (masked)."""

    period: Side
    note_id: str
    shows: str
    words: str


@dataclass(frozen=True)
class Aspect:
    """What was compared, what came of it and why; `examples` only where something drifted."""

    name: str
    verdict: Verdict
    why: str
    changes: tuple[Change, ...] = ()
    drifted: tuple[str, ...] = ()
    examples: tuple[Moved, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def judged(
    name: str,
    sides: Sides,
    changes: Sequence[Change],
    *,
    level: float,
    facts: Mapping[str, object] | None = None,
) -> Aspect:
    """The verdict on an aspect from its changes; rules in `thresholds`."""
    if sides.too_few:
        return Aspect(name, "too few to say", sides.too_few, facts=facts or {})
    found = [change for change in changes if _is_drift(change, level)]
    if found:
        most = max(found, key=lambda change: abs(change.effect) / change.least)
        why = f"{_most(most)}{f', and {len(found) - 1} more' if len(found) > 1 else ''}"
        return Aspect(name, "drifted", why, tuple(changes), tuple(change.what for change in found), facts=facts or {})
    open_question = _open_question([change for change in changes if change.p_value is not None])
    if open_question:
        return Aspect(name, "too few to say", open_question, tuple(changes), facts=facts or {})
    return Aspect(name, "stable", _nothing(changes), tuple(changes), facts=facts or {})


def _is_drift(change: Change, level: float) -> bool:
    return change.p_value is not None and change.p_value < level and change.is_large


def _open_question(tested: Sequence[Change]) -> str:
    """Why `stable` would claim too much; empty where it would not."""
    if not tested:
        return "too few physicians are concerned"
    suspects = [change for change in tested if _is_drift(change, SIGNIFICANCE)]
    if suspects:
        most = max(suspects, key=lambda change: abs(change.effect) / change.least)
        return f"{_most(most)}: large enough to matter, but it may be chance"
    reaches = [change.farthest / change.least for change in tested if change.farthest]
    if reaches and median(reaches) > (1.0 if len(tested) == 1 else EXCLUDED):
        return "nothing stands out, but changes that matter would have gone unseen"
    return ""


def _most(change: Change) -> str:
    return f"{change.what}: {change.old:.3g} before, {change.new:.3g} now"


def _nothing(changes: Sequence[Change]) -> str:
    tested = [change for change in changes if change.p_value is not None]
    compared = "one figure compared" if len(tested) == 1 else f"{len(tested):,} figures compared"
    return f"{compared}, none changed beyond chance by an amount that matters"
