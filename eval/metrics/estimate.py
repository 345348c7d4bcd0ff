"""A figure, its interval, and how much it rests on."""

from __future__ import annotations

from dataclasses import dataclass

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
        """What a reader must know before believing the interval; empty where nothing."""
        if self.low is None or self.high is None:
            return "too few to say"
        return "few clusters" if self.clusters < FEW_CLUSTERS else ""

    def __str__(self) -> str:
        basis = f"(n = {self.items:,}, {self.clusters:,} clusters{', ' + self.caution if self.caution else ''})"
        interval = "" if self.low is None or self.high is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{interval} {basis}"
