"""From a run and a matcher to briefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow.compute as pc

from ..inspecting import inspect_run
from ..last_contacts import last_contacts
from ..matching import Answer, ConsentLedger, ContentMatcher
from ..pages import PhysicianPage, physician_pages
from ..records.schemas import CHANNELS
from ..runs import Run
from ..summaries import LedgerRows, facts_of, plain_summary
from ..triage.queue import is_open
from .call_brief import CallBrief, Change
from .cautions import cautions_of
from .changes import changes_since

MODULES = 3
"""Modules of a brief: more are not said in one call."""

Row = Mapping[str, Any]


def call_briefs(
    run: Run, matcher: ContentMatcher, hcp_id: str, *, brand: str | None = None, as_of: date | None = None
) -> list[CallBrief]:
    """A brief for each brand of the physician, or the one asked for.

    Beliefs are those of the run's day; what may be shown, and through which channels, is judged as of `as_of`.

    Raises:
        InputError: the run knows no such physician or brand.
    """
    known = _Known(run, matcher, hcp_id, as_of or run.as_of)
    return [known.brief(page) for page in physician_pages(run, inspect_run(run, hcp_id=hcp_id, brand=brand))]


@dataclass(frozen=True)
class _Known:
    """What a run knows of a physician besides the pages, each table read once."""

    run: Run
    matcher: ContentMatcher
    hcp_id: str
    as_of: date

    def brief(self, page: PhysicianPage) -> CallBrief:
        contact = self._contacts.get((self.hcp_id, page.brand))
        answer = self._answer(page.brand)
        facts = facts_of(self._ledger, page.brand, self.run.taxonomy)
        return CallBrief(
            page=page,
            as_of=self.as_of,
            last_contact=contact.day if contact else None,
            changes=self._changes(page, contact.day) if contact else (),
            cautions=cautions_of(page, answer, self._flags(page.brand), self._closed),
            modules=answer.modules if answer else (),
            suppressed=answer.suppressed if answer else None,
            facts=facts,
            summary=plain_summary(facts),
        )

    def _answer(self, brand: str | None) -> Answer | None:
        if brand is None or not self.matcher.knows_brand(brand):
            return None
        return self.matcher.match(self.hcp_id, brand, as_of=self.as_of, k=MODULES)

    def _changes(self, page: PhysicianPage, since: date) -> tuple[Change, ...]:
        events = [row for row in self._events if row["brand"] in (None, page.brand)]
        return changes_since(page, events, self._rows("consents"), since, self.as_of)

    def _flags(self, brand: str | None) -> Sequence[Row]:
        return [row for row in self._rows("flags") if row["brand"] in (None, brand) and is_open(row, self.as_of)]

    @cached_property
    def _ledger(self) -> LedgerRows:
        return LedgerRows(
            profiles=self._rows("profiles"),
            transitions=self._rows("transitions"),
            statements=self._rows("insights"),
            channels=self._rows("channels"),
            stages=self._rows("stages"),
            flags=self._rows("flags"),
        )

    @cached_property
    def _contacts(self) -> Mapping[Any, Any]:
        return last_contacts(self.run)

    @cached_property
    def _events(self) -> Sequence[Row]:
        return self._rows("content_events")

    @cached_property
    def _closed(self) -> tuple[str, ...]:
        ledger = ConsentLedger(self.run.table("consents"), self.run.table("content_events"))
        allowed = ledger.open_channels(self.hcp_id, self.as_of)
        return tuple(channel for channel in CHANNELS if channel not in allowed)

    def _rows(self, name: str) -> list[Row]:
        table = self.run.table(name)
        return list(table.filter(pc.equal(table["hcp_id"], self.hcp_id)).to_pylist())
