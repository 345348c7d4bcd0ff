"""What became of each figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ..metrics import TOO_FEW_CLUSTERS, holm
from ..results import Better, Figure
from .paired_bootstrap import paired_intervals
from .pairing import Pair
from .randomisation import p_values

Verdict = Literal["better", "worse", "different", "no difference shown", "too few to say", "not tested"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Difference:
    """One figure in two results.

    Attributes:
        suite: as in Figure.
        metric: as in Figure.
        part: as in Figure.
        key: as in Figure.
        better: which direction is better.
        old: the figure of the old result, on the common items; of a reading, as it was read.
        new: the same of the new result.
        low: lower end of the 95 % interval of new minus old; None where there is too little to say.
        high: its upper end.
        p_value: that the difference is chance; None where it was not tested.
        p_adjusted: the p-value corrected for all figures tested (Holm, 1979).
        items: common items.
        clusters: to whom they belong.
        changed: common items on which the two differ.
        only_old: items of the old figure that the new one lacks: not compared.
        only_new: items of the new figure that the old one lacks: not compared.
        why_untested: in words, where there are no common items; else empty.
    """

    suite: str
    metric: str
    part: str
    key: str
    better: Better
    old: float
    new: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    items: int = 0
    clusters: int = 0
    changed: int = 0
    only_old: int = 0
    only_new: int = 0
    why_untested: str = ""

    @property
    def difference(self) -> float:
        """New minus old; NaN where either is not defined."""
        return self.new - self.old

    @property
    def loss(self) -> float:
        """How much worse the new figure is, negative where it is better; NaN where neither direction is."""
        return {"higher": -self.difference, "lower": self.difference, "neither": math.nan}[self.better]

    @property
    def verdict(self) -> Verdict:
        """In words, at a corrected significance of 5 %."""
        if self.why_untested:
            return "not tested"
        if self.p_adjusted is None:
            return "too few to say"
        if self.p_adjusted >= SIGNIFICANCE:
            return "no difference shown"
        if self.better == "neither":
            return "different"
        return "worse" if self.loss > 0 else "better"


def differences(figures: Sequence[tuple[Figure, Figure, Pair | str]], *, seed: int = 0) -> tuple[Difference, ...]:
    """Compare figures, each with its pair or the words why there is none; all that can be tested are one family."""
    found = [_unpaired(old, new, pair) if isinstance(pair, str) else _paired(new, pair) for old, new, pair in figures]
    pairs = {number: pair for number, (_, _, pair) in enumerate(figures) if isinstance(pair, Pair)}
    for number, (low, high) in zip(pairs, paired_intervals(list(pairs.values()), seed=seed), strict=True):
        found[number] = replace(found[number], low=low, high=high)
    tested = [number for number in pairs if _can_be_tested(found[number])]
    chances = p_values([pairs[number] for number in tested], seed=seed)
    for number, p_value, p_adjusted in zip(tested, chances, holm(chances), strict=True):
        found[number] = replace(found[number], p_value=p_value, p_adjusted=p_adjusted)
    return tuple(found)


def _can_be_tested(found: Difference) -> bool:
    return found.low is not None and found.clusters >= TOO_FEW_CLUSTERS and not math.isnan(found.difference)


def _unpaired(old: Figure, new: Figure, why: str) -> Difference:
    values = old.estimate.value, new.estimate.value
    return Difference(new.suite, new.metric, new.part, new.key, new.better, *values, why_untested=why)


def _paired(new: Figure, pair: Pair) -> Difference:
    old_value, new_value = pair.values
    return Difference(
        new.suite,
        new.metric,
        new.part,
        new.key,
        new.better,
        old_value,
        new_value,
        items=len(pair.ids),
        clusters=pair.clusters,
        changed=pair.changed,
        only_old=pair.only_old,
        only_new=pair.only_new,
    )
