"""How figures are written: as many decimals as the figure and its interval need, the same for all three."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isfinite, log10

from ..metrics import Estimate

UNDEFINED = "not defined"


def number(value: float, beside: Iterable[float] = ()) -> str:
    """The value as text, with the decimals that it and the figures `beside` it need; NaN is `not defined`."""
    if not isfinite(value):
        return UNDEFINED
    return _signed(f"{value:,.{decimals([value, *beside])}f}")


def value_text(estimate: Estimate) -> str:
    """The estimate's value; a reading (of no clusters) that is a whole number stays whole."""
    if estimate.clusters == 0 and isfinite(estimate.value) and estimate.value == round(estimate.value):
        return _signed(f"{estimate.value:,.0f}")
    return number(estimate.value, _ends(estimate))


def interval_text(estimate: Estimate) -> str:
    """The interval as `low – high`; empty where there is none."""
    ends = _ends(estimate)
    return " – ".join(number(end, [estimate.value, *ends]) for end in ends)


def decimals(values: Iterable[float]) -> int:
    """Decimals that show the largest of the values to three digits, at least three below 10 and none from 1,000."""
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    if largest == 0 or 0.01 <= largest < 10:
        return 3
    return min(9, max(0, 2 - floor(log10(largest)) + (largest >= 10)))


def _ends(estimate: Estimate) -> tuple[float, ...]:
    return () if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)


def _signed(text: str) -> str:
    return text.replace("-", "−") if text.strip("-0.,") else text.lstrip("-")
