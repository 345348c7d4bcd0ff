"""Conflicts: where two sources say different things of one physician, shown side by side and never averaged in silence.

Rather few and right than many. A change of mind is no conflict: that a barrier is over disagrees with its having been
raised elsewhere only within 30 days of that, while its being raised again elsewhere disagrees within 60 days of its
being called over. Only clear own words are compared, save that somebody else may contradict an open entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pyarrow as pa

from ..records.derived import CONFLICTS
from .evidence import Evidence, newest_first, of_statement
from .statements import EVEN, Statement, Subject, by_subject

CHANGE_DAYS = 30  # from "it holds" to "it is over"
WINDOW_DAYS = 60  # the other way round, and between survey and note in opposite directions


@dataclass(frozen=True)
class Conflict:
    """One disagreement; `brand` is None where it concerns the physician whatever the brand."""

    hcp_id: str
    brand: str | None
    topic: str
    between: tuple[str, str]
    what: str
    evidence: tuple[Evidence, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorting key."""
        return (self.hcp_id, self.brand or "", self.topic, self.between, self.what)


def conflicts_table(conflicts: Iterable[Conflict]) -> pa.Table:
    """CONFLICTS in a fixed order."""
    ordered = sorted(conflicts, key=lambda conflict: conflict.order)
    rows = [
        {
            "hcp_id": conflict.hcp_id,
            "brand": conflict.brand,
            "topic": conflict.topic,
            "between": list(conflict.between),
            "what": conflict.what,
            "evidence": list(conflict.evidence),
        }
        for conflict in ordered
    ]
    return pa.Table.from_pylist(rows, schema=CONFLICTS)


def statement_conflicts(statements: Sequence[Statement]) -> Iterator[Conflict]:
    """Disagreements on a topic, at most one a subject and kind; `statements` in `Statement.order`."""
    subjects = dict(by_subject(statements))
    for subject, group in subjects.items():
        own = [statement for statement in group if statement.is_clear]
        for pair in (_between_sources(own), _between_reps(own), _with_somebody_else(own, group)):
            if pair is not None:
                yield _conflict(subject, *pair)
    yield from _opposite_directions(subjects)


def _between_sources(own: Sequence[Statement]) -> tuple[Statement, Statement] | None:
    sides = (_latest(s for s in own if s.source == "note"), _latest(s for s in own if s.source == "survey"))
    return _disagreement(*sides)


def _between_reps(own: Sequence[Statement]) -> tuple[Statement, Statement] | None:
    reps = sorted({s.rep_id for s in own if s.rep_id is not None and s.source == "note"})
    latest = [_latest(s for s in own if s.rep_id == rep and s.source == "note") for rep in reps]
    found = [pair for sides in combinations(latest, 2) if (pair := _disagreement(*sides)) is not None]
    return max(found, key=lambda pair: (pair[1].date, pair[0].date, pair[1].order), default=None)


def _with_somebody_else(own: Sequence[Statement], group: Sequence[Statement]) -> tuple[Statement, Statement] | None:
    """The physician's latest word that it holds, and somebody's on that day or later that it is over."""
    holds = _latest(own)
    if holds is None or holds.status != "current":
        return None
    over = _latest(
        s
        for s in group
        if s.holder != "hcp" and s.status == "resolved" and s.probability >= EVEN and s.date >= holds.date
    )
    return None if over is None or (over.date - holds.date).days > WINDOW_DAYS else (holds, over)


def _opposite_directions(subjects: Mapping[Subject, Sequence[Statement]]) -> Iterator[Conflict]:
    """A survey and the notes that see one topic in opposite directions, each of them in one direction only."""
    for subject, barriers in subjects.items():
        if subject.polarity != "barrier":
            continue
        drivers = subjects.get(Subject(subject.hcp_id, subject.brand, subject.topic, "driver"), ())
        note, survey = (_single_direction(barriers, drivers, source) for source in ("note", "survey"))
        if note is None or survey is None or note.subject == survey.subject:
            continue
        if abs((note.date - survey.date).days) <= WINDOW_DAYS:
            yield _conflict(subject, *sorted((note, survey), key=lambda s: (s.date, s.source)))


def _single_direction(barriers: Sequence[Statement], drivers: Sequence[Statement], source: str) -> Statement | None:
    sides = [_latest(s for s in side if s.is_clear and s.source == source) for side in (barriers, drivers)]
    held = [side for side in sides if side is not None and side.status == "current"]
    return held[0] if len(held) == 1 else None


def _disagreement(one: Statement | None, other: Statement | None) -> tuple[Statement, Statement] | None:
    if one is None or other is None or one.status == other.status:
        return None
    first, last = sorted((one, other), key=lambda s: (s.date, s.status != "current", s.order))
    limit = CHANGE_DAYS if first.status == "current" else WINDOW_DAYS
    return (first, last) if (last.date - first.date).days <= limit else None


def _latest(statements: Iterable[Statement]) -> Statement | None:
    return max(statements, key=lambda s: (s.date, s.status == "current", s.order), default=None)


def _conflict(subject: Subject, first: Statement, last: Statement) -> Conflict:
    return Conflict(
        hcp_id=subject.hcp_id,
        brand=subject.brand,
        topic=subject.topic,
        between=_between(first.source, last.source),
        what=f"{_says(first)}, {_says(last)}",
        evidence=tuple(newest_first((of_statement(first), of_statement(last)))),
    )


def _says(statement: Statement) -> str:
    who = {"rep": "has the rep think", "other": "has somebody else say"}.get(statement.holder, "says")
    holds = "holds" if statement.status == "current" else "is over"
    return f"{statement.told} {who} that the {statement.subject.polarity} {holds}"


def _between(one: str, other: str) -> tuple[str, str]:
    first, second = sorted((one, other))
    return first, second


def channel_conflict(
    hcp_id: str, topic: str, between: tuple[str, str], what: str, evidence: Iterable[Evidence]
) -> Conflict:
    """A conflict over a channel, which concerns the physician whatever the brand."""
    return Conflict(hcp_id, None, topic, _between(*between), what, tuple(newest_first(evidence)))
