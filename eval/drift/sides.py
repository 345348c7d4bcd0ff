"""Old and new items side by side, clustered by physician across both, and how figures differ between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ..metrics import (
    RATIO,
    TOO_FEW_CLUSTERS,
    Estimate,
    Floats,
    Formula,
    bootstrap_values,
    cluster_numbers,
    holm,
    interval,
)
from .effects import Effect
from .rounding import without_rounding
from .thresholds import LEAST_ITEMS, POWER


@dataclass(frozen=True)
class Change:
    """How one figure differs between the periods.

    Attributes:
        what: what the figure is of.
        old: its value in the old period.
        new: its value in the new one.
        difference: new minus old, with its interval over physicians.
        p_value: corrected for the number of changes asked about together; None where there is too little to say.
        effect: the size of the change on the scale `measure`.
        measure: name of that scale.
        least: the size from which it matters.
        detectable: the size that would have been seen with a chance of 80 %; None where it cannot be said.
        farthest: the largest size that the 95 % interval leaves possible; None where there is too little to say.
    """

    what: str
    old: float
    new: float
    difference: Estimate
    p_value: float | None
    effect: float
    measure: str
    least: float
    detectable: float | None
    farthest: float | None

    @property
    def is_large(self) -> bool:
        """Whether it is large enough to matter, were it certain."""
        return abs(self.effect) >= self.least


@dataclass(frozen=True)
class Question:
    """A figure to compare: what it is, the statistics (n, k) of the items, old ones first, its formula and scale."""

    what: str
    statistics: Floats
    effect: Effect
    formula: Formula = RATIO

    def value(self, rows: NDArray[np.bool_]) -> float:
        """The figure of some items; NaN where it is not defined."""
        return self.formula.value(self.statistics[rows])


@dataclass(frozen=True)
class Sides:
    """Items of the old period, then those of the new one: how many of each, and the physician of each (n,)."""

    old: int
    physicians: tuple[str, ...]

    @classmethod
    def of(cls, old: Sequence[str], new: Sequence[str]) -> Sides:
        """From the physicians of the old and the new items."""
        return cls(len(old), (*old, *new))

    @property
    def new(self) -> int:
        """How many new items there are."""
        return len(self.physicians) - self.old

    @cached_property
    def is_new(self) -> NDArray[np.bool_]:
        """(n,) which items are new."""
        return np.arange(len(self.physicians)) >= self.old

    @cached_property
    def clusters(self) -> NDArray[np.intp]:
        """(n,) numbers of the physicians."""
        return cluster_numbers(self.physicians)

    @cached_property
    def fewest_physicians(self) -> int:
        """Physicians on the side that has fewer."""
        return min(len(set(self.physicians[: self.old])), len(set(self.physicians[self.old :])))

    @cached_property
    def effective_physicians(self) -> float:
        """How many physicians with as many items each would say as much as those of the smaller side (Kish, 1965).

        Intervals and p-values are widened by it: where few physicians have most of the items, plain numbers would call
        unchanged data drifted twice as often as promised. It never counts fewer than something can be said of.
        """
        return min(_effective(self.physicians[: self.old]), _effective(self.physicians[self.old :]))

    @property
    def too_few(self) -> str:
        """Why nothing can be said; empty where something can."""
        if min(self.old, self.new) < LEAST_ITEMS:
            return f"{self.old:,} old and {self.new:,} new ones: at least {LEAST_ITEMS} of each are needed"
        if self.fewest_physicians < TOO_FEW_CLUSTERS:
            return f"one side has {self.fewest_physicians} physicians: at least {TOO_FEW_CLUSTERS} are needed"
        return ""

    def standard_error(self, drawn: Floats) -> float:
        """Of bootstrap values (draws,), made larger by sqrt(G / (G - 1)) for the G effective physicians."""
        return float(np.nanstd(drawn)) * sqrt(self.effective_physicians / (self.effective_physicians - 1))

    def changes(self, questions: Sequence[Question], *, level: float) -> list[Change]:
        """The changes asked about, p-values corrected together; none where there is too little to say.

        `level` is the significance that they will be held to.
        """
        if not questions or self.too_few:
            return []
        answers = [_Answer.of(self, *each) for each in zip(questions, self._drawn(questions), strict=True)]
        corrected = holm([answer.p_value for answer in answers])
        threshold = level / max(1, sum(answer.p_value is not None for answer in answers))
        return [answer.change(p_value, threshold) for answer, p_value in zip(answers, corrected, strict=True)]

    def _drawn(self, questions: Sequence[Question]) -> list[Floats]:
        """Bootstrap draws of the change of each figure, all under the same draws of physicians."""
        drawn: dict[int, Floats] = {}
        for name in {question.formula.name: question.formula for question in questions}:
            places = [place for place, question in enumerate(questions) if question.formula.name == name]
            change = _change_of(questions[places[0]].formula)
            values = bootstrap_values(change, [self._apart(questions[place]) for place in places], self.clusters)
            drawn |= dict(zip(places, values, strict=True))
        return [drawn[place] for place in range(len(questions))]

    def _apart(self, question: Question) -> Floats:
        """(n, 2 k) the statistics of old items, then those of new ones, 0 for the others."""
        is_new = self.is_new[:, None]
        return np.concatenate([question.statistics * ~is_new, question.statistics * is_new], axis=1)


def _effective(physicians: Sequence[str]) -> float:
    items = np.array(list(Counter(physicians).values()), dtype=np.float64)
    return max(float(TOO_FEW_CLUSTERS), float(items.sum() ** 2 / (items**2).sum()))


def _change_of(formula: Formula) -> Formula:
    """The formula's new value minus its old one, columns (those of old items, those of new ones)."""
    of_sums = formula.of_sums
    if of_sums is None:
        raise ValueError(f"formula {formula.name!r} is no function of sums")

    def change(sums: Floats) -> Floats:
        old, new = (np.ascontiguousarray(side) for side in np.split(sums, 2, axis=1))
        return of_sums(new) - of_sums(old)

    return Formula(f"change of {formula.name}", of_sums=change)


@dataclass(frozen=True)
class _Answer:
    """What the data say to one question, before correction."""

    question: Question
    old: float
    new: float
    difference: Estimate
    p_value: float | None
    error: float
    degrees: float

    @classmethod
    def of(cls, sides: Sides, question: Question, drawn: Floats) -> _Answer:
        from scipy.stats import t

        old, new = question.value(~sides.is_new), question.value(sides.is_new)
        physicians = int(sides.clusters.max()) + 1
        low, high = interval(drawn, sides.effective_physicians)
        difference = Estimate(new - old, low, high, len(sides.physicians), physicians)
        degrees = sides.effective_physicians - 1
        concerned = len(np.unique(sides.clusters[question.statistics[:, :-1].any(axis=1)]))
        if low is None or 0 < concerned < TOO_FEW_CLUSTERS or np.isnan(new - old):
            return cls(question, old, new, difference, None, float("nan"), degrees)
        error = without_rounding(sides.standard_error(drawn), old)
        change = without_rounding(new - old, old)
        p_value = 2 * float(t.sf(abs(change) / error, degrees)) if error > 0 else float(change == 0)
        return cls(question, old, new, difference, p_value, error, degrees)

    def change(self, p_value: float | None, level: float) -> Change:
        """The change with its corrected p-value; `level` is what one of the changes is held to."""
        from scipy.stats import t

        effect = self.question.effect
        seen = float(t.isf(level / 2, self.degrees) + t.ppf(POWER, self.degrees)) * self.error
        known = p_value is not None
        return Change(
            what=self.question.what,
            old=self.old,
            new=self.new,
            difference=self.difference,
            p_value=p_value,
            effect=effect.size(self.old, self.new) if known else float("nan"),
            measure=effect.name,
            least=effect.least,
            detectable=abs(effect.size(self.old, self.old + seen)) if known else None,
            farthest=self._farthest() if known else None,
        )

    def _farthest(self) -> float | None:
        ends = (self.difference.low, self.difference.high)
        return max(abs(self.question.effect.size(self.old, self.old + end)) for end in ends if end is not None)
