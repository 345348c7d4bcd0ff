"""Conflicts: where two voices say different things of one physician, shown side by side and never averaged in silence.

A voice is the survey, or one rep's notes. A change of mind is no conflict: that a barrier was raised and is over later
disagrees only within 30 days (60 if it is somebody else, or the rep's own guess, who says that it is over). The other
way round one voice was wrong or too early: another that says the barrier holds disagrees for four months with the one
that called it over before. Only clear words are compared, and only the physician's own say that something holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..records.derived import CONFLICTS
from .evidence import Evidence, newest_first, of_statement
from .ordering import Flags, Numbers, numbered, together
from .statements import Statement, Subject, by_subject, subject_numbers

CHANGE_DAYS = 30  # from "it holds" to the physician's "it is over"
WINDOW_DAYS = 60  # to somebody else's; between survey and note in opposite directions
RETURN_DAYS = 120  # from one voice's "it is over" to another's "it holds"


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


def statement_conflicts(table: pa.Table, statements: Sequence[Statement]) -> Iterator[Conflict]:
    """Disagreements on a topic, at most one a subject and kind.

    `table` has STATEMENTS in `Statement.order`, each once; `statements` are the same as objects.
    """
    subjects = dict(by_subject(statements[row] for row in _that_may_conflict(table).tolist()))
    for subject, group in subjects.items():
        if not {"current", "resolved"} <= {statement.status for statement in group}:
            continue
        pairs = (pair for source in ("survey", "note") if (pair := _disagreement(group, source)) is not None)
        yield from (_conflict(subject, *pair) for pair in pairs)
    yield from _opposite_directions(subjects)


def _that_may_conflict(table: pa.Table) -> NDArray[np.intp]:
    """Rows of subjects that hold and are over, and of topics in notes and surveys: others have no conflict."""
    subject = subject_numbers(table)
    topic = together(*(numbered(table[name]) for name in ("hcp_id", "brand", "topic")))
    turned = _among(subject, table["status"], ("current", "resolved"))
    return np.flatnonzero(turned | _among(topic, table["source"], ("note", "survey")))


def _among(group: Numbers, column: pa.ChunkedArray, values: Iterable[str]) -> Flags:
    """(n,) whether each row's group (n,) has all of these values among its rows."""
    having = [np.isin(group, group[pc.equal(column, value).to_numpy()]) for value in values]
    return np.asarray(np.all(having, axis=0))


def _disagreement(group: Sequence[Statement], source: str) -> tuple[Statement, Statement] | None:
    """The latest disagreement of notes with `source`: the survey, or another rep's notes; the earlier word first."""
    kinds = {"note", source}
    words = _last_words(group)
    pairs = [
        (holds, over) if holds.date <= over.date else (over, holds)
        for holds in words
        for over in words
        if holds.is_clear and holds.status == "current" and over.status == "resolved"
        if {holds.source, over.source} == kinds and _disagree(holds, over)
    ]
    return max(pairs, key=lambda pair: (pair[1].date, pair[0].date, pair[1].order), default=None)


def _last_words(group: Sequence[Statement]) -> list[Statement]:
    """What each voice said last, in it the physician's own word apart from others'; hypotheses say nothing."""
    likely = [s for s in group if s.is_likely and s.status != "hypothetical"]
    ordered = sorted(likely, key=lambda s: (s.date, s.status == "current", s.order))
    return list({(s.source, s.rep_id, s.holder): s for s in ordered}.values())


def _disagree(holds: Statement, over: Statement) -> bool:
    days = (over.date - holds.date).days
    if days >= 0 and over.holder != "hcp":
        return days <= WINDOW_DAYS
    limit = CHANGE_DAYS if days >= 0 else RETURN_DAYS
    return abs(days) <= limit and (holds.source, holds.rep_id) != (over.source, over.rep_id)


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
