"""What became of each figure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ..metrics import TOO_FEW_CLUSTERS, holm
from ..results import ALL, Better, Figure
from .paired_bootstrap import paired_intervals
from .pairing import Pair
from .randomisation import p_values

Verdict = Literal["better", "worse", "different", "no difference shown", "too few to say", "not tested"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SIGNIFICANCE = 0.05

Family = Literal["whole", "detail"]
FAMILIES: Mapping[Family, str] = {
    "whole": "figures of the whole that have a better direction",
    "detail": "figures of parts, or without a better direction",
}
"""Figures whose p-values are corrected together: what decides is not drowned by what explains it."""


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
        p_adjusted: the p-value corrected for all figures tested in its family (Holm, 1979).
        family: the figures that it was corrected with; None where it was not tested.
        items: common items.
        clusters: to whom they belong.
        changed: common items on which the two differ.
        only_old: items of the old figure that the new system was not given: not compared.
        only_new: items of the new figure that the old system was not given: not compared.
        old_abstains: items that both were given and only the new system has a value for: not compared.
        new_abstains: items that both were given and only the old system has a value for: not compared.
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
    family: Family | None = None
    items: int = 0
    clusters: int = 0
    changed: int = 0
    only_old: int = 0
    only_new: int = 0
    old_abstains: int = 0
    new_abstains: int = 0
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
    def same_on_every_item(self) -> bool:
        """Whether there is nothing to test: both systems are equal on each common item."""
        return self.items > 0 and not self.changed and not math.isnan(self.difference)

    @property
    def verdict(self) -> Verdict:
        """In words, at a corrected significance of 5 %."""
        if self.why_untested:
            return "not tested"
        if self.same_on_every_item:
            return "no difference shown"
        if self.p_adjusted is None:
            return "too few to say"
        if self.p_adjusted >= SIGNIFICANCE:
            return "no difference shown"
        if self.better == "neither":
            return "different"
        return "worse" if self.loss > 0 else "better"


def differences(figures: Sequence[tuple[Figure, Figure, Pair | str]], *, seed: int = 0) -> tuple[Difference, ...]:
    """Compare figures, each with its pair or the words why there is none; p-values are corrected by family."""
    found = [_unpaired(old, new, pair) if isinstance(pair, str) else _paired(new, pair) for old, new, pair in figures]
    pairs = {number: pair for number, (_, _, pair) in enumerate(figures) if isinstance(pair, Pair)}
    for number, (low, high) in zip(pairs, paired_intervals(list(pairs.values()), seed=seed), strict=True):
        found[number] = replace(found[number], low=low, high=high)
    tested = [number for number in pairs if _can_be_tested(found[number])]
    for number, p_value in zip(tested, p_values([pairs[number] for number in tested], seed=seed), strict=True):
        found[number] = replace(found[number], p_value=p_value, family=_family(found[number]))
    return tuple(_corrected(found))


def tested_by_family(found: Iterable[Difference]) -> dict[Family, int]:
    """How many figures were tested in each family."""
    counts = Counter(difference.family for difference in found)
    return {family: counts[family] for family in FAMILIES}


def _can_be_tested(found: Difference) -> bool:
    said = found.low is not None and found.clusters >= TOO_FEW_CLUSTERS
    return said and found.changed > 0 and math.isfinite(found.difference)


def _family(found: Difference) -> Family:
    return "whole" if found.part == ALL and found.better != "neither" else "detail"


def _corrected(found: Sequence[Difference]) -> list[Difference]:
    corrected = list(found)
    for family in FAMILIES:
        members = [number for number, difference in enumerate(found) if difference.family == family]
        for number, p_adjusted in zip(members, holm([found[number].p_value for number in members]), strict=True):
            corrected[number] = replace(found[number], p_adjusted=p_adjusted)
    return corrected


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
        old_abstains=pair.old_abstains,
        new_abstains=pair.new_abstains,
    )
