"""The trivial ledger: the physician's latest own statement wins. What it gets right, the real one must not lose."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyarrow as pa

from ...inference.profiles.statements import EVEN
from .topic_sets import TopicSets

Pair = tuple[str, str | None]


def latest_statement_sets(statements: pa.Table, as_of: date) -> dict[Pair, TopicSets]:
    """Open and resolved barriers and drivers of each physician and brand, from a table of STATEMENTS.

    Own statements of the here and now that are more likely than not count; of those of the last day, one that holds
    wins over one that is over.
    """
    latest: dict[Pair, dict[tuple[str, str], tuple[date, bool]]] = defaultdict(dict)
    for row in statements.to_pylist():
        if (
            row["holder"] != "hcp"
            or row["status"] == "hypothetical"
            or row["date"] > as_of
            or row["probability"] < EVEN
        ):
            continue
        subjects = latest[row["hcp_id"], row["brand"]]
        subject, said = (row["topic"], row["polarity"]), (row["date"], row["status"] == "current")
        subjects[subject] = max(said, subjects.get(subject, said))
    return {pair: _sets(subjects) for pair, subjects in latest.items()}


def _sets(subjects: dict[tuple[str, str], tuple[date, bool]]) -> TopicSets:
    def topics(polarity: str, *, holds: bool) -> frozenset[str]:
        return frozenset(topic for (topic, side), (_, held) in subjects.items() if side == polarity and held == holds)

    return TopicSets(topics("barrier", holds=True), topics("barrier", holds=False), topics("driver", holds=True))
