"""What the trivial ledger claims, in the shape of the others."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pyarrow as pa

from ..datasets.latest_words import latest_own_words
from .topic_sets import TopicSets

Pair = tuple[str, str | None]


def latest_statement_sets(statements: pa.Table, as_of: date) -> dict[Pair, TopicSets]:
    """Open and resolved barriers and drivers of each physician and brand, from a table of STATEMENTS."""
    by_pair: dict[Pair, dict[tuple[str, str], bool]] = defaultdict(dict)
    for (hcp_id, brand, topic, polarity), holds in latest_own_words(statements, as_of).items():
        by_pair[hcp_id, brand][topic, polarity] = holds
    return {pair: _sets(subjects) for pair, subjects in by_pair.items()}


def _sets(subjects: dict[tuple[str, str], bool]) -> TopicSets:
    def topics(polarity: str, *, holds: bool) -> frozenset[str]:
        return frozenset(topic for (topic, side), held in subjects.items() if side == polarity and held == holds)

    return TopicSets(topics("barrier", holds=True), topics("barrier", holds=False), topics("driver", holds=True))
