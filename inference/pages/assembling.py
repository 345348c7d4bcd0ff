"""From a run and the objects of `inspect` to pages: who it is, what is told of it, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ..profiles import is_open
from ..runs import Run
from ..triage.queue import is_overdue
from .background import Background
from .physician_page import (
    Belief,
    Channel,
    Disagreement,
    Entry,
    Moment,
    OpenFlag,
    Person,
    PhysicianPage,
    Quotation,
    Stage,
)
from .stories import Subject, quotation
from .unknowns import unknowns
from .wording import plain, spoken_day

_FACTS = ("specialty", "country", "segment", "tier")
_STAGE = "adoption_stage"

Item = Mapping[str, Any]


def physician_pages(run: Run, found: Sequence[Item], topic: str | None = None) -> list[PhysicianPage]:
    """A page for each object of `inspect_run`, in their order; `topic` is what the objects were picked by."""
    background = Background(run, frozenset(item["hcp_id"] for item in found), topic)
    return [_page(item, background) for item in found]


def _page(item: Item, background: Background) -> PhysicianPage:
    today = date.fromisoformat(item["as_of"])
    entries = {name: _entries(item, name, background.stories) for name in ("barrier", "driver")}
    contact = background.contacts.get((item["hcp_id"], item["brand"]))
    return PhysicianPage(
        person=_person(item["hcp_id"], background.roster.get(item["hcp_id"], {})),
        brand=item["brand"],
        as_of=today,
        last_contact=f"{spoken_day(contact.day, today)} ({contact.how})" if contact else None,
        flags=tuple(_flag(flag, background, today) for flag in item["open_flags"]),
        conflicts=tuple(
            Disagreement(plain(conflict["topic"]), conflict["what"], _quotations(conflict["evidence"]))
            for conflict in item["conflicts"]
        ),
        barriers=tuple(entry for entry, holds in entries["barrier"] if holds),
        drivers=tuple(entry for entry, holds in entries["driver"] if holds),
        past=tuple(entry for polarity in entries.values() for entry, holds in polarity if not holds),
        channels=tuple(map(_channel, item["channels"])),
        stage=_stage(item, background),
        expected_of=item["why"] if "known" in item else None,
        unknown=unknowns(item, background.around(item["hcp_id"], item["brand"]), today),
    )


def _person(hcp_id: str, row: Mapping[str, Any]) -> Person:
    told = {name: plain(str(row[name])) for name in _FACTS if row.get(name)}
    prefixed = {"segment", "tier"}
    facts = tuple(f"{name} {value}" if name in prefixed else value for name, value in told.items())
    return Person(hcp_id, row.get("name"), facts)


def _entries(item: Item, polarity: str, told: Mapping[Subject, tuple[Moment, ...]]) -> list[tuple[Entry, bool]]:
    """Each entry, and whether it stands among what holds."""
    return [
        (_entry(row, polarity, told.get((item["hcp_id"], item["brand"], row["topic"], polarity), ())), holds)
        for row in item[f"{polarity}s"]
        for holds in [is_open(row) or "known" in item]
    ]


def _entry(row: Mapping[str, Any], polarity: str, story: tuple[Moment, ...]) -> Entry:
    return Entry(
        topic=plain(row["topic"]),
        polarity=polarity,
        state=row["state"],
        belief=Belief(row["probability"], row["low"], row["high"]),
        trend=row["trend"],
        first_seen=_day(row["first_seen"]),
        last_seen=_day(row["last_seen"]),
        story=story,
        quotations=_quotations(row["evidence"]),
    )


def _quotations(evidence: Iterable[Mapping[str, Any]]) -> tuple[Quotation, ...]:
    dated = ({**one, "date": date.fromisoformat(one["date"])} for one in evidence)
    return tuple(map(quotation, dated))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _flag(flag: Mapping[str, Any], background: Background, today: date) -> OpenFlag:
    rows = background.flags[flag["note_id"], flag["kind"]]
    surest = max(rows, key=lambda row: row["probability"] or 0.0)
    return OpenFlag(
        kind=plain(flag["kind"]),
        record=flag["note_id"],
        day=surest["date"],
        due=min((row["due_at"] for row in rows if row["due_at"]), default=None),
        is_overdue=any(row["due_at"] is not None and is_overdue(row, today) for row in rows),
        words=surest["evidence"],
    )


def _channel(row: Mapping[str, Any]) -> Channel:
    return Channel(
        name=plain(row["channel"]),
        rank=row["rank"],
        belief=Belief(row["p_engage"], row["low"], row["high"]),
        stated=row["stated"],
        is_allowed=row["consented"],
        why=row["why"],
    )


def _stage(item: Item, background: Background) -> Stage | None:
    if item["adoption_stage"] is None:
        return None
    row = background.stages[item["hcp_id"], item["brand"]]
    return Stage(
        name=row["stage"],
        probability=row["probability"],
        why=row["why"],
        story=background.stories.get((item["hcp_id"], item["brand"], _STAGE, None), ()),
        quotations=tuple(map(quotation, row["evidence"])),
    )
