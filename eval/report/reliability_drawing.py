"""A reliability curve as a picture: what was predicted against what came true; on the diagonal both agree."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

from ..results import Bin, Reliability
from .axis import Axis, Tick

_SIZE = 300
_X = Axis(0.0, 1.0, 44, _SIZE - 12, 0.2)
_Y = Axis(0.0, 1.0, _SIZE - 40, 12, 0.2)
_SMALLEST, _LARGEST = 2.5, 6.0


@dataclass(frozen=True)
class ReliabilityPoint:
    """One bin: its place, radius (area by count), and the ends of its whisker."""

    bin: Bin
    x: float
    y: float
    radius: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ReliabilityDrawing:
    """A square of `size` units; `line` joins the points from left to right."""

    size: ClassVar[int] = _SIZE
    curve: Reliability
    points: tuple[ReliabilityPoint, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]

    @property
    def line(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)

    @property
    def texts(self) -> int:
        """How many texts the curve rests on."""
        return sum(point.bin.count for point in self.points)


def draw_reliability(curve: Reliability) -> ReliabilityDrawing:
    """The picture of a curve; its bins in order of what was predicted."""
    most = max((found.count for found in curve.bins), default=1) or 1
    points = [
        ReliabilityPoint(
            bin=found,
            x=_X.at(found.predicted),
            y=_Y.at(found.observed),
            radius=round(max(_SMALLEST, _LARGEST * sqrt(found.count / most)), 1),
            low=None if found.low is None else _Y.at(found.low),
            high=None if found.high is None else _Y.at(found.high),
        )
        for found in sorted(curve.bins, key=lambda found: found.predicted)
    ]
    return ReliabilityDrawing(curve, tuple(points), _X.ticks, _Y.ticks)
