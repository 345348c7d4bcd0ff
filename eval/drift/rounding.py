"""What adding up in another order makes of figures that are equal: no change, however small its error is."""

from __future__ import annotations

_ROUNDING = 1e-9


def without_rounding(value: float, beside: float = 1.0) -> float:
    """A difference or an error of figures as large as `beside`; 0 where it is nothing but rounding."""
    return 0.0 if abs(value) <= _ROUNDING * max(1.0, abs(beside)) else value
