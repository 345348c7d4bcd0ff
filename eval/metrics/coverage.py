"""How much of what could be recommended is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from collections.abc import Set as AbstractSet


def catalogue_coverage(recommended: Iterable[AbstractSet[Hashable]], catalogue: AbstractSet[Hashable]) -> float:
    """Share of the catalogue that at least one list holds (Ge et al., 2010); NaN for an empty catalogue."""
    if not catalogue:
        return float("nan")
    shown = set().union(*recommended)
    return len(shown & catalogue) / len(catalogue)
