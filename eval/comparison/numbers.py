"""How figures are written, so that a share, a click rate and a speed can all be read."""

from __future__ import annotations

from math import floor, isnan, log10


def number(value: float | None, like: float | None = None, *, sign: bool = False) -> str:
    """A figure with about three telling digits; an en dash where there is none.

    Args:
        value: the figure.
        like: a figure whose decimals it shares, such as the one that its interval is around.
        sign: whether to write a plus.
    """
    if value is None or isnan(value):
        return "–"
    text = f"{value:+,.{_decimals(value if like is None or isnan(like) else like)}f}"
    if not text.strip("+-0.,"):
        return text[1:]
    return text.replace("-", "−") if sign or value < 0 else text[1:]


def span(low: float | None, high: float | None, like: float, *, sign: bool = False) -> str:
    """An interval; empty where there is none."""
    if low is None or high is None:
        return ""
    return f"{number(low, like, sign=sign)} to {number(high, like, sign=sign)}"


def apart(value: float, limit: float) -> tuple[str, str]:
    """Two figures with as many decimals as it takes to tell them apart, three at least."""
    different = (digits for digits in range(3, 10) if f"{value:.{digits}f}" != f"{limit:.{digits}f}")
    digits = next(different, 3)
    return f"{value:,.{digits}f}", f"{limit:,.{digits}f}"


def _decimals(value: float) -> int:
    """Three from 0.01 to 10, so that shares line up; else what shows three digits, and one more from 10 on."""
    size = abs(value)
    if size == 0 or 0.01 <= size < 10:
        return 3
    return min(9, max(0, 2 - floor(log10(size)) + (size >= 10)))
