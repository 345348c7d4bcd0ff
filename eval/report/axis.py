"""A linear axis: figures on one side, places of a drawing on the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROUNDING = 1e-9
_MOST = 1e300
"""No axis reaches further: the distance between two such values is still a number."""


@dataclass(frozen=True)
class Tick:
    """A marked place of an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Values [low, high] at the places [start, end] of a drawing; what lies outside is drawn at the nearer end.

    `step` is the distance of its ticks.
    """

    low: float
    high: float
    start: float
    end: float
    step: float

    def at(self, value: float) -> float:
        """The place of a value, to a tenth of a unit."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The multiples of the step, with their places."""
        first, last = ceil(self.low / self.step - _ROUNDING), floor(self.high / self.step + _ROUNDING)
        values = [count * self.step for count in range(first, last + 1)]
        return tuple(Tick(self.at(value), self._label(value)) for value in values)

    def _label(self, value: float) -> str:
        power = floor(log10(self.step) + _ROUNDING)
        places = max(0, (round(self.step / 10.0**power, 6) == 2.5) - power)
        return f"{value + 0.0:,.{places}f}".replace("-", "−")


def round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is at least so much."""
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - _ROUNDING))


def axis_around(values: Iterable[float], start: float, end: float, *, within: tuple[float, float] | None) -> Axis:
    """An axis with round ends around the values up to 1e300, on either side; (0, 1) where there are none.

    Args:
        values: what it must hold.
        start: its place in the drawing.
        end: the place of its other end.
        within: bounds of the values, which it never exceeds.
    """
    finite = [value for value in values if abs(value) <= _MOST] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if high - low < 1e-12:
        margin = abs(low) * 0.1 or 0.1
        low, high = low - margin, high + margin
    step = round_step((high - low) / 3)
    low, high = floor(low / step + _ROUNDING) * step, ceil(high / step - _ROUNDING) * step
    if within is not None:
        low, high = max(low, within[0]), min(high, within[1])
    return Axis(low, high, start, end, step)
