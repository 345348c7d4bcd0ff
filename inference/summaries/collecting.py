"""From the tables of a run to the facts of one physician and brand that may be summarised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...prompts import POLARITIES, Taxonomy
from ..pages.wording import plain
from ..profiles import is_open
from .fact import STAGE_SUBJECT, Fact
from .quotable import quotable

SHOWN_OPEN = 3
"""Open entries of each polarity; the page below a summary has them all."""
SHOWN_RESOLVED = 3
SHOWN_QUOTES = 2
_RESOLVED = "resolved"
_HOLDERS = {"hcp": "physician", "rep": "rep", "other": "other"}
"""Holders of statements as facts name them, the one that counts most first."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LedgerRows:
    """Rows of one physician, from the tables of the run of these names; `statements` are those of `insights`."""

    profiles: Sequence[Row]
    transitions: Sequence[Row]
    statements: Sequence[Row]
    channels: Sequence[Row]
    stages: Sequence[Row]
    flags: Sequence[Row]


def facts_of(rows: LedgerRows, brand: str | None, taxonomy: Taxonomy) -> tuple[Fact, ...]:
    """Open barriers and drivers (likeliest first), resolved ones (latest first), stage, channel wishes.

    What is only hinted at (belief under 0.5) and what nobody has said of the physician is no fact.
    """
    ledger = _Ledger(rows, brand, taxonomy)
    return (*ledger.open_entries(), *ledger.resolved_entries(), *ledger.stage(), *ledger.wishes())


@dataclass(frozen=True)
class _Ledger:
    rows: LedgerRows
    brand: str | None
    taxonomy: Taxonomy

    def open_entries(self) -> Iterator[Fact]:
        for polarity in reversed(POLARITIES):
            found = [row for row in self._entries() if row["polarity"] == polarity and is_open(row)]
            found.sort(key=lambda row: (-row["probability"], row["topic"]))
            yield from map(self._entry, found[:SHOWN_OPEN])

    def resolved_entries(self) -> Iterator[Fact]:
        found = [self._entry(row) for row in self._entries() if row["state"] == _RESOLVED]
        found.sort(key=lambda fact: (-(fact.since or date.min).toordinal(), fact.subject, fact.polarity))
        yield from found[:SHOWN_RESOLVED]

    def stage(self) -> Iterator[Fact]:
        for row in self.rows.stages:
            if row["brand"] == self.brand and row["evidence"] and row["probability"] >= 0.5:
                ids = tuple(map(statement_id, row["evidence"]))
                yield Fact(STAGE_SUBJECT, plain(STAGE_SUBJECT), ids, stage=row["stage"], since=row["since"])

    def wishes(self) -> Iterator[Fact]:
        for row in sorted(self.rows.channels, key=lambda row: row["rank"]):
            if row["stated"]:
                ids = tuple(statement_id(one) for one in row["evidence"] if one["source"] != "event")
                yield Fact(row["channel"], plain(row["channel"]), ids, stance=row["stated"])

    def _entries(self) -> list[Row]:
        known = self.taxonomy.by_id
        return [row for row in self.rows.profiles if row["brand"] == self.brand and row["topic"] in known]

    def _entry(self, row: Row) -> Fact:
        since = self._since(row)
        said = self._said(row, since)
        return Fact(
            subject=row["topic"],
            name=self.taxonomy.by_id[row["topic"]].name,
            statements=tuple(map(statement_id, row["evidence"])),
            polarity=row["polarity"],
            state=row["state"],
            trend=row["trend"],
            since=since,
            holder=next((name for held, name in _HOLDERS.items() if any(one["holder"] == held for one in said)), None),
            quotes=self._quotes(said),
        )

    def _since(self, row: Row) -> date | None:
        """The day of the step to the present state; of one that is open, the first day of the present episode."""
        steps = sorted((step for step in self.rows.transitions if _of_same(step, row)), key=lambda step: step["date"])
        if not steps:
            first: date | None = row["first_seen"]
            return first
        turns = [step for step in steps if _RESOLVED in (step["from_state"], step["to_state"])]
        begun = (turns or steps[:1])[-1] if row["state"] in ("open", "reopened") else steps[-1]
        day: date = begun["date"]
        return day

    def _said(self, row: Row, since: date | None) -> list[Row]:
        """Statements that say what the entry says, of the present episode, latest first."""
        status = _RESOLVED if row["state"] == _RESOLVED else "current"
        found = [
            one
            for one in self.rows.statements
            if _of_same(one, row) and one["status"] == status and (since is None or one["date"] >= since)
        ]
        return sorted(found, key=lambda one: (-one["date"].toordinal(), one["source_id"], one["start"] or 0))

    def _quotes(self, said: Sequence[Row]) -> tuple[str, ...]:
        flagged = {flag["note_id"] for flag in self.rows.flags}
        words = (
            " ".join(one["evidence"].split())
            for one in said
            if one["evidence"] and one["start"] is not None and not one["masked"] and one["source_id"] not in flagged
        )
        return tuple(dict.fromkeys(one for one in words if quotable(one)))[:SHOWN_QUOTES]


def statement_id(evidence: Row) -> str:
    """Which words of which record: the source, its id and, where it is a piece of text, its span."""
    span = "" if evidence["start"] is None else f" {evidence['start']}-{evidence['end']}"
    return f"{evidence['source']} {evidence['id']}{span}"


def _of_same(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("brand", "topic", "polarity"))
