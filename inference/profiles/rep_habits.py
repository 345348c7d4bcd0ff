"""Rep effects: how much of what a rep reports on a topic is that rep's habit of hearing it.

Of each rep, topic and polarity: the reports there are, against those to be expected if every rep heard a brand's topics
equally often. The ratio is partially pooled towards 1 by a Gamma prior whose strength is estimated from how much the
ratios vary beyond chance (gamma-Poisson empirical Bayes; Clayton and Kaldor, Biometrics 43, 1987). A rep who reports a
topic twice as often as expected reports it half of the time out of habit.

The estimates correct beliefs. They leave this package in no table, page or log: they are no rating of a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .statements import Statement

WEAKEST, STRONGEST = 3.0, 30.0  # bounds of the prior's strength, in expected reports

_Key = tuple[str, str, str]
"""rep_id, topic, polarity"""


@dataclass(frozen=True)
class RepHabits:
    """The share of each rep's reports of a topic that is habit, in (0, 1); nothing where there is none."""

    shares: Mapping[_Key, float]

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> RepHabits:
        """Estimate from all statements that hold now in notes of known reps; rows and echoes of one note count once."""
        observed, expected = _reports(statements)
        keys = list(expected)
        n = np.array([observed[key] for key in keys], dtype=np.float64)
        e = np.array([expected[key] for key in keys], dtype=np.float64)
        strength = _strength(n, e)
        ratios = (n + strength) / (e + strength)
        return cls({key: 1.0 - 1.0 / float(ratio) for key, ratio in zip(keys, ratios, strict=True) if ratio > 1.0})

    def of_statement(self, statement: Statement) -> float:
        """The share of habit in reports like this one; 0 of a statement that is no rep's, or says that it is over."""
        if statement.rep_id is None or statement.source != "note" or statement.status == "resolved":
            return 0.0
        return self.shares.get((statement.rep_id, statement.subject.topic, statement.subject.polarity), 0.0)


def _reports(statements: Iterable[Statement]) -> tuple[Counter[_Key], dict[_Key, float]]:
    """Notes in which each rep reports a topic, and how many were to be expected from the brands of the rep's notes."""
    notes: set[tuple[str, str | None, str]] = set()
    saying: dict[tuple[str | None, str, str], set[tuple[str, str]]] = defaultdict(set)
    for statement in statements:
        if statement.rep_id is None or statement.source != "note":
            continue
        subject = statement.subject
        notes.add((statement.rep_id, subject.brand, statement.source_id))
        if statement.status == "current":
            saying[subject.brand, subject.topic, subject.polarity].add((statement.rep_id, statement.source_id))
    by_rep = Counter((rep, brand) for rep, brand, _ in notes)
    by_brand = Counter(brand for _, brand, _ in notes)
    reps: dict[str | None, list[tuple[str, int]]] = defaultdict(list)
    for (rep, brand), count in sorted(by_rep.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        reps[brand].append((rep, count))
    observed: Counter[_Key] = Counter()
    expected: dict[_Key, float] = defaultdict(float)
    for (brand, topic, polarity), found in sorted(saying.items(), key=lambda item: (item[0][0] or "", *item[0][1:])):
        for rep, _ in found:
            observed[rep, topic, polarity] += 1
        share = len(found) / by_brand[brand]
        for rep, count in reps[brand]:
            expected[rep, topic, polarity] += share * count
    return observed, expected


def _strength(observed: np.ndarray, expected: np.ndarray) -> float:
    """Of the Gamma prior, by the method of moments: 1 / the variance of the ratios beyond that of Poisson counts."""
    beyond = float(((observed - expected) ** 2).sum() - expected.sum())
    squares = float((expected**2).sum())
    if beyond <= 0.0 or squares == 0.0:
        return STRONGEST
    return min(max(squares / beyond, WEAKEST), STRONGEST)
