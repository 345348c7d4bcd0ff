"""Content gaps: needs of physicians for which nothing may be shown, and so what to commission next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .matching import Need

NOTHING = "no module"
"""The reason where the brand has no module on the topic at all."""

CSV_COLUMNS = (
    "brand",
    "country",
    "topic",
    "polarity",
    "physicians",
    "belief",
    "needing",
    "reasons",
    "next",
)
SHOWN = 25
"""Gaps on the page; records have all."""

_UNKNOWN = "unknown"
_NEXT: Mapping[str, str] = {
    NOTHING: "commission a module",
    "expired": "renew what has expired",
    "status": "finish the review of what is drafted",
    "not_yet_approved": "wait: approval begins later",
    "claim": "get the claims approved, or replaced",
    "text": "get the wording approved",
    "asset": "get the must-use assets approved",
    "country": "get what exists approved for the country",
    "language": "have what exists translated and approved",
    "audience": "get what exists approved for the specialty",
    "channel": "make what exists fit the channel",
    "indication": "commission a module for the indication",
    "consent": "no content: ask for consent, or see the physician",
    "frequency": "no content: wait until contacts are fewer",
    "fatigue": "commission a second module, or wait",
    "rule": "no content: a rule of yours forbids it",
}
_OTHERWISE = "see the reasons"


@dataclass(frozen=True)
class Unmet:
    """A need of one physician for which nothing may be shown.

    `reasons` counts the modules on the topic by the first rule that blocks each; it is empty where there is none.
    """

    hcp_id: str
    brand: str
    country: str | None
    need: Need
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Gap:
    """A need for which nothing may be shown, of all physicians of a brand and country who have it.

    Attributes:
        country: as the roster has it; None where it does not.
        physicians: whose need goes unmet.
        belief: the sum of their probabilities: how many are expected to have the need indeed.
        needing: physicians with the need, met or not; those on hold for an open adverse event are not counted.
        reasons: physicians by reason, most first; one counts under each reason that blocks a module on the topic.
    """

    brand: str
    country: str | None
    topic: str
    polarity: str
    physicians: int
    belief: float
    needing: int
    reasons: Mapping[str, int]

    @property
    def next(self) -> str:
        """What would help the most physicians, in a few words."""
        return _NEXT.get(next(iter(self.reasons)), _OTHERWISE)

    def to_json(self) -> dict[str, Any]:
        """One object of `hcplens gaps --format json`."""
        return vars(self) | {"belief": round(self.belief, 4), "reasons": dict(self.reasons), "next": self.next}

    def to_csv(self) -> dict[str, Any]:
        """A row with the columns CSV_COLUMNS."""
        return self.to_json() | {"country": self.country or "", "reasons": _reasons(self)}


def content_gaps(unmet: Iterable[Unmet], needing: Mapping[tuple[str, str | None, str, str], int]) -> list[Gap]:
    """Gaps, the one of the most belief first (ties by brand, country, topic, polarity).

    `needing` counts physicians by brand, country, topic and polarity.
    """
    groups: defaultdict[tuple[str, str | None, str, str], list[Unmet]] = defaultdict(list)
    for one in unmet:
        groups[one.brand, one.country, one.need.topic, one.need.polarity].append(one)
    gaps = [
        Gap(*key, len(group), sum(one.need.probability for one in group), needing[key], _by_reason(group))
        for key, group in groups.items()
    ]
    return sorted(gaps, key=lambda gap: (-gap.belief, gap.brand, gap.country or "", gap.topic, gap.polarity))


def gaps_page(gaps: Sequence[Gap], notes: Sequence[str]) -> RenderableType:
    """A table of the greatest gaps, and what else a reader must know."""
    lines = [Text(note, style="dim") for note in notes]
    if not gaps:
        return Group(Text("Every need has a module that may be shown."), *lines)
    table = Table(box=None, pad_edge=False)
    for heading in ("brand", "country"):
        table.add_column(heading, no_wrap=True)
    table.add_column("need, what to do next, physicians by reason", ratio=1)
    for heading in ("unmet", "belief"):
        table.add_column(heading, justify="right", no_wrap=True)
    for gap in gaps[:SHOWN]:
        need = f"{gap.topic.replace('_', ' ')} ({gap.polarity})"
        told = Text.assemble((need, "bold"), f"\n{gap.next} (", (_reasons(gap), "dim"), ")")
        of = f"{gap.physicians} of {gap.needing}"
        table.add_row(Text(gap.brand), Text(gap.country or _UNKNOWN), told, of, f"{gap.belief:.1f}")
    if len(gaps) > SHOWN:
        lines.insert(0, Text(f"and {len(gaps) - SHOWN} more: --format csv has all", style="dim"))
    return Group(table, *lines)


def _by_reason(group: Iterable[Unmet]) -> dict[str, int]:
    counts: Counter[str] = Counter(reason for one in group for reason in (one.reasons or {NOTHING: 1}))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _reasons(gap: Gap) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in gap.reasons.items())
