"""Rep effects: how much of what a rep reports on a topic is that rep's habit of hearing it.

Of each rep, topic and polarity: the reports there are, against those to be expected if every rep heard a brand's topics
equally often. The ratio is partially pooled towards 1 by a Gamma prior whose strength is estimated from how much the
ratios vary beyond chance (gamma-Poisson empirical Bayes; Clayton and Kaldor, Biometrics 43, 1987). A rep who reports a
topic twice as often as expected reports it half of the time out of habit.

The estimates correct beliefs. They leave this package in no table, page or log: they are no rating of a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .statements import Statement, distinct, tally

WEAKEST, STRONGEST = 3.0, 30.0  # bounds of the prior's strength, in expected reports

_Key = tuple[str, str, str]
"""rep_id, topic, polarity"""


@dataclass(frozen=True)
class RepHabits:
    """The share of each rep's reports of a topic that is habit, in (0, 1); nothing where there is none."""

    shares: Mapping[_Key, float]

    @classmethod
    def of(cls, statements: pa.Table) -> RepHabits:
        """Estimate from all STATEMENTS that hold now in notes of known reps; rows and echoes of one note count once."""
        observed, expected = _reports(statements)
        keys = list(expected)
        n = np.array([observed.get(key, 0) for key in keys], dtype=np.float64)
        e = np.array([expected[key] for key in keys], dtype=np.float64)
        strength = _strength(n, e)
        ratios = (n + strength) / (e + strength)
        return cls({key: 1.0 - 1.0 / float(ratio) for key, ratio in zip(keys, ratios, strict=True) if ratio > 1.0})

    def of_statement(self, statement: Statement) -> float:
        """The share of habit in reports like this one; 0 of a statement that is no rep's, or says that it is over."""
        if statement.rep_id is None or statement.source != "note" or statement.status == "resolved":
            return 0.0
        return self.shares.get((statement.rep_id, statement.subject.topic, statement.subject.polarity), 0.0)


def _reports(statements: pa.Table) -> tuple[Mapping[tuple[Any, ...], int], dict[_Key, float]]:
    """Notes in which each rep reports a topic, and how many were to be expected from the brands of the rep's notes."""
    counted = statements.select([*_MATTER, "rep_id", "source", "source_id", "status"])
    by_reps = counted.filter((pc.field("source") == "note") & pc.field("rep_id").is_valid())
    notes = tally(distinct(by_reps, ("brand", "rep_id", "source_id")), ("brand", "rep_id"))
    by_brand: Counter[str | None] = Counter()
    reps: dict[str | None, list[tuple[str, int]]] = defaultdict(list)
    for (brand, rep), count in sorted(notes.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        by_brand[brand] += count
        reps[brand].append((rep, count))
    holding = distinct(by_reps.filter(pc.field("status") == "current"), (*_MATTER, "rep_id", "source_id"))
    saying = tally(holding, _MATTER)
    expected: dict[_Key, float] = defaultdict(float)
    for (brand, topic, polarity), found in sorted(saying.items(), key=lambda item: (item[0][0] or "", *item[0][1:])):
        share = found / by_brand[brand]
        for rep, count in reps[brand]:
            expected[rep, topic, polarity] += share * count
    return tally(holding, ("rep_id", "topic", "polarity")), expected


_MATTER = ("brand", "topic", "polarity")


def _strength(observed: np.ndarray, expected: np.ndarray) -> float:
    """Of the Gamma prior, by the method of moments: 1 / the variance of the ratios beyond that of Poisson counts."""
    beyond = float(((observed - expected) ** 2).sum() - expected.sum())
    squares = float((expected**2).sum())
    if beyond <= 0.0 or squares == 0.0:
        return STRONGEST
    return min(max(squares / beyond, WEAKEST), STRONGEST)
