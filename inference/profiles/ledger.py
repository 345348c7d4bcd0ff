"""Ledger: every driver and barrier of every physician and brand, its state, how sure we are, and how it came to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from ...errors import InputError
from ...prompts.taxonomy import Taxonomy
from ..records.derived import PROFILES, TRANSITIONS
from .base_rates import BaseRates
from .belief import Outlook, believe, effective_evidence, interval, trend
from .echoes import without_echoes
from .evidence import newest_first, of_statement
from .rep_habits import RepHabits
from .statements import Statement, Subject, by_subject
from .states import RESOLVED, Step, episode, walk

TREND_DAYS = 90


@dataclass(frozen=True)
class Ledger:
    """Where everything stands (PROFILES) and each change of state on the way there (TRANSITIONS)."""

    profiles: pa.Table
    transitions: pa.Table


@dataclass(frozen=True, slots=True)
class _Entry:
    subject: Subject
    steps: list[Step]
    statements: list[Statement]
    probability: float
    before: float
    evidence: float


def build_ledger(
    statements: Sequence[Statement], *, taxonomy: Taxonomy, as_of: date, rates: BaseRates, habits: RepHabits
) -> Ledger:
    """The ledger on `as_of` of some physicians, from their statements in `Statement.order`, none of them later.

    A subject of which only somebody other than the physician ever said that it is over has no entry. Raises InputError
    where a statement's topic is not in the taxonomy.
    """
    entries: list[_Entry] = []
    records = _records(statements)
    for subject, group in by_subject(statements):
        steps = walk(group)
        if steps:
            outlook = Outlook(
                half_life=_half_life(taxonomy, group[0]),
                base_rate=rates.of_subject(subject),
                silences=_silences(subject, group, records),
                habit=habits.of_statement,
            )
            entries.append(_entry(subject, steps, group, outlook, as_of))
    return Ledger(_profiles(entries), _transitions(entries))


_Records = Mapping[tuple[str, str | None], Sequence[tuple[date, tuple[str, str]]]]
"""Day and name of every note or answer that says anything, oldest first, by physician and brand."""


def _records(statements: Iterable[Statement]) -> _Records:
    found: dict[tuple[str, str | None], set[tuple[date, tuple[str, str]]]] = defaultdict(set)
    for statement in statements:
        found[statement.subject.hcp_id, statement.subject.brand].add((statement.date, statement.record))
    return {pair: sorted(records) for pair, records in found.items()}


def _silences(subject: Subject, group: Sequence[Statement], records: _Records) -> list[date]:
    """Days of the records that do not mention a barrier; a driver need not be said again."""
    if subject.polarity != "barrier":
        return []
    mentioned = {statement.record for statement in group}
    return [day for day, record in records[subject.hcp_id, subject.brand] if record not in mentioned]


def _entry(subject: Subject, steps: list[Step], group: list[Statement], outlook: Outlook, as_of: date) -> _Entry:
    earlier = as_of - timedelta(days=TREND_DAYS)
    counted = without_echoes(episode(steps, group))
    return _Entry(
        subject=subject,
        steps=steps,
        statements=group,
        probability=believe(counted, outlook, resolved=steps[-1].after == RESOLVED, today=as_of),
        before=_belief(steps, group, outlook, earlier),
        evidence=effective_evidence(counted, today=as_of, half_life=outlook.half_life),
    )


def _belief(steps: Sequence[Step], statements: Sequence[Statement], outlook: Outlook, today: date) -> float:
    taken = [step for step in steps if step.date <= today]
    known = [statement for statement in statements if statement.date <= today]
    counted = without_echoes(episode(taken, known))
    resolved = bool(taken) and taken[-1].after == RESOLVED
    return believe(counted, outlook, resolved=resolved, today=today)


def _half_life(taxonomy: Taxonomy, statement: Statement) -> float:
    topic = taxonomy.by_id.get(statement.subject.topic)
    if topic is None:
        raise InputError(
            f"the statement of {statement.source} {statement.source_id!r} has the topic {statement.subject.topic!r}, "
            f"which the taxonomy {taxonomy.name} {taxonomy.version} does not have; correct it or name its taxonomy"
        )
    return topic.half_life_days


def _profiles(entries: Sequence[_Entry]) -> pa.Table:
    low, high = interval(np.array([e.probability for e in entries]), np.array([e.evidence for e in entries]))
    rows = [_profile(entry, float(low[i]), float(high[i])) for i, entry in enumerate(entries)]
    return pa.Table.from_pylist(rows, schema=PROFILES)


def _profile(entry: _Entry, low: float, high: float) -> dict[str, Any]:
    return {
        **_named(entry.subject),
        "state": entry.steps[-1].after,
        "probability": entry.probability,
        "low": low,
        "high": high,
        "trend": trend(entry.probability, entry.before),
        "first_seen": entry.statements[0].date,
        "last_seen": entry.statements[-1].date,
        "evidence": newest_first(of_statement(statement) for statement in entry.statements),
    }


def _transitions(entries: Sequence[_Entry]) -> pa.Table:
    rows = [
        {
            **_named(entry.subject),
            "date": step.date,
            "from_state": step.before,
            "to_state": step.after,
            "cause": step.cause,
            "evidence": of_statement(step.statement),
        }
        for entry in entries
        for step in entry.steps
    ]
    return pa.Table.from_pylist(rows, schema=TRANSITIONS)


def _named(subject: Subject) -> dict[str, Any]:
    return {
        "hcp_id": subject.hcp_id,
        "brand": subject.brand,
        "topic": subject.topic,
        "polarity": subject.polarity,
    }
