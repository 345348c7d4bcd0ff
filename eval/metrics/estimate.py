"""A figure, its interval, and how much it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from .numbers import interval_text, number

FEW_CLUSTERS = 30
TOO_FEW_CLUSTERS = 5


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; `low` and `high` are None where there are too few clusters to say.

    Attributes:
        value: the figure; NaN where it is not defined (nothing to divide by).
        low: lower end of the interval.
        high: upper end of the interval.
        items: how many items it rests on.
        clusters: how many independent groups (physicians) they belong to.
    """

    value: float
    low: float | None
    high: float | None
    items: int
    clusters: int

    @property
    def caution(self) -> str:
        """What a reader must know before believing the interval; empty where nothing, and for a reading."""
        if self.clusters == 0:
            return ""
        if self.low is None or self.high is None:
            return "too few to say"
        return "few clusters" if self.clusters < FEW_CLUSTERS else ""

    @property
    def value_text(self) -> str:
        """The figure as text; a reading (of no clusters) that is a whole number stays whole."""
        if self.clusters == 0 and self.value.is_integer():
            return f"{self.value:,.0f}"
        return number(self.value, self._ends)

    @property
    def interval_text(self) -> str:
        """The interval as `low to high`; empty where there is none."""
        return interval_text(self.low, self.high, [self.value])

    @property
    def _ends(self) -> tuple[float, ...]:
        return () if self.low is None or self.high is None else (self.low, self.high)

    def __str__(self) -> str:
        basis = [f"n = {self.items:,}", f"{self.clusters:,} clusters" if self.clusters else "", self.caution]
        interval = f"[{self.interval_text}] " if self._ends else ""
        return f"{self.value_text} {interval}({', '.join(filter(None, basis))})"
