"""How figures are written: about three telling digits, and the same decimals for a value and its interval."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isfinite, log10

UNDEFINED = "not defined"


def number(value: float | None, beside: Iterable[float] = (), *, sign: bool = False) -> str:
    """A figure as text, with the decimals that it and the figures `beside` it need.

    Args:
        value: the figure; None and NaN are `not defined`.
        beside: figures shown with it, such as the ends of its interval.
        sign: whether to write a plus.
    """
    if value is None or not isfinite(value):
        return UNDEFINED
    text = f"{value:+,.{decimals([value, *beside])}f}"
    if not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", "−") if sign or value < 0 else text[1:]


def interval_text(low: float | None, high: float | None, beside: Iterable[float] = (), *, sign: bool = False) -> str:
    """An interval as `low to high`; empty where there is none."""
    if low is None or high is None:
        return ""
    shared = [low, high, *beside]
    return f"{number(low, shared, sign=sign)} to {number(high, shared, sign=sign)}"


def apart(value: float, limit: float) -> tuple[str, str]:
    """Two figures with as many decimals as it takes to tell them apart, three at least."""
    different = (digits for digits in range(3, 10) if f"{value:.{digits}f}" != f"{limit:.{digits}f}")
    digits = next(different, 3)
    return f"{value:,.{digits}f}", f"{limit:,.{digits}f}"


def decimals(values: Iterable[float]) -> int:
    """Decimals that show the largest of the values to three digits: three from 0.01 to 10, one more digit above."""
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if largest == 0 or 0.01 <= largest < 10:
        return 3
    return min(9, max(0, 2 - floor(log10(largest)) + (largest >= 10)))
