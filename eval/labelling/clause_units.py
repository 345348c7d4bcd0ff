"""Clauses as the units that annotators agree or differ on.

Free spans have no units to count chance agreement over, and neighbouring characters are no independent ones. A clause
is: the note is cut as the model cuts it, whoever labelled it, and a clause carries a label where the label's evidence
overlaps it more than any other clause, or covers more than half of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...embeddings import Clause, split_clauses
from ...inference.insights.model import statement_label
from .labelled_notes import LabelledNote

_MOSTLY = 0.5


def clause_labels(note: LabelledNote) -> list[frozenset[str]]:
    """The statement labels (`topic.polarity`) of each clause of the note, in order."""
    clauses = split_clauses(note.text)
    carried: list[set[str]] = [set() for _ in clauses]
    for statement in note.insights:
        for place in _carrying(clauses, *note.span(statement)):
            carried[place].add(statement_label(statement.topic, statement.polarity))
    return [frozenset(labels) for labels in carried]


def _carrying(clauses: Sequence[Clause], start: int, end: int) -> list[int]:
    overlaps = [max(0, min(end, clause.end) - max(start, clause.start)) for clause in clauses]
    most = max(overlaps, default=0)
    return [
        place
        for place, (overlap, clause) in enumerate(zip(overlaps, clauses, strict=True))
        if overlap and (overlap == most or overlap > _MOSTLY * (clause.end - clause.start))
    ]
