"""A theme: clauses that speak of the same thing, by how many physicians, and whether there are more of them lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from .open_clauses import OpenClause

Trend = Literal["rising", "steady", "falling"]

RECENT_DAYS = 90
_CHANCE = 0.1
COLUMNS = (
    *("id", "name", "clauses", "physicians", "brands", "first_seen", "last_seen", "trend", "recent", "drivers"),
    "quotes",
)
PROPOSED_COLUMNS = ("words", "description", "proposed_by", "known_topic")
"""What a row has besides where a language model was asked for names."""
QUOTES = 3
"""Clauses of a theme that a page shows."""


@dataclass(frozen=True)
class ProposedName:
    """What a language model proposes to call a theme.

    Attributes:
        name: in words of the theme's physicians.
        description: one sentence in such words; empty where the model gave none.
        known_topic: the topic of the taxonomy that it takes the theme for, if any.
        model: which model.
    """

    name: str
    description: str
    known_topic: str | None
    model: str


@dataclass(frozen=True)
class Theme:
    """A theme.

    Attributes:
        id: a name for programs, as a taxonomy's topics have one.
        words: the words that set it apart, most telling first.
        clauses: the most typical first.
        driving: P(driver) of each clause, in the same order.
        recent: how many clauses are of the last 90 days.
        trend: whether these are more or fewer than the texts of these days let expect.
        proposal: what a language model calls it; None where none was asked, or where its name was refused.
    """

    id: str
    words: tuple[str, ...]
    clauses: tuple[OpenClause, ...]
    driving: tuple[float, ...]
    recent: int
    trend: Trend
    proposal: ProposedName | None = None

    @property
    def name(self) -> str:
        """For people: the name that was proposed, else its own words."""
        return self.proposal.name if self.proposal else self.own_name

    @property
    def own_name(self) -> str:
        """The words that set it apart."""
        return " · ".join(self.words)

    @property
    def physicians(self) -> int:
        """How many said it."""
        return len({clause.hcp_id for clause in self.clauses})

    @property
    def quotes(self) -> list[OpenClause]:
        """The most typical clauses, one a physician."""
        first = {clause.hcp_id: clause for clause in reversed(self.clauses)}
        return [clause for clause in self.clauses if first[clause.hcp_id] is clause][:QUOTES]

    def to_json(self) -> dict[str, Any]:
        """The record of `hcplens themes --format json`; `proposal` is there where there is one."""
        days = [clause.date for clause in self.clauses]
        return {
            "id": self.id,
            "name": self.name,
            "clauses": len(self.clauses),
            "physicians": self.physicians,
            "brands": dict(sorted(Counter(clause.brand for clause in self.clauses if clause.brand).items())),
            "first_seen": min(days).isoformat(),
            "last_seen": max(days).isoformat(),
            "trend": self.trend,
            "recent": self.recent,
            "drivers": sum(share >= 0.5 for share in self.driving),
            "months": dict(sorted(Counter(f"{day:%Y-%m}" for day in days).items())),
            "evidence": [clause.to_json() for clause in self.clauses],
            **({"words": self.own_name, "proposal": asdict(self.proposal)} if self.proposal else {}),
        }

    def to_csv(self) -> dict[str, Any]:
        """A row with the columns COLUMNS."""
        record = self.to_json()
        brands = ", ".join(f"{brand} {count}" for brand, count in record["brands"].items())
        quotes = " | ".join(clause.text for clause in self.quotes)
        return {name: record[name] for name in COLUMNS[:-1]} | {"brands": brands, "quotes": quotes}

    def proposal_csv(self) -> dict[str, str]:
        """The columns PROPOSED_COLUMNS of the row, empty but for the words where nothing was proposed or accepted."""
        said = self.proposal or ProposedName("", "", None, "")
        values = (self.own_name, said.description, said.model, said.known_topic or "")
        return dict(zip(PROPOSED_COLUMNS, values, strict=True))


def trend_of(days: Sequence[date], texts: Sequence[date], as_of: date) -> tuple[int, Trend]:
    """How many of the clauses' days are recent, and the trend.

    Rising or falling where a binomial test finds the recent share of the clauses other than that of all texts of the
    run (two-sided, p below 0.1); steady also where all texts are recent, or none.
    """
    from scipy.stats import binomtest

    since = as_of - timedelta(days=RECENT_DAYS)
    recent = sum(day > since for day in days)
    expected = sum(day > since for day in texts) / max(1, len(texts))
    if not 0 < expected < 1 or binomtest(recent, len(days), expected).pvalue >= _CHANCE:
        return recent, "steady"
    return recent, "rising" if recent > expected * len(days) else "falling"
