"""Sets that were found against sets that are true, as F1, precision and recall."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet

from ..metrics import COUNTED_SHARE, F1, claim_counts, precision_counts, recall_counts
from ..results import Figure, ItemSet
from .measures import Measure, figures


def set_figures(
    suite: str,
    what: str,
    items: ItemSet,
    found: Sequence[AbstractSet[str]],
    true: Sequence[AbstractSet[str]],
    part: str,
) -> list[Figure]:
    """Micro F1, precision and recall of the sets of all items (n,).

    F1 is about the items where anything is claimed or true, precision where it is claimed, recall where it is true; a
    figure that is about none is left out.
    """
    return figures(suite, items, set_measures(what, found, true), {part: range(len(items))})


def set_measures(
    what: str,
    found: Sequence[AbstractSet[Hashable]],
    true: Sequence[AbstractSet[Hashable]],
    *,
    concerned: bool = True,
    note: str = "",
) -> list[Measure]:
    """Micro F1, precision and recall of the sets of all items (n,), in this order; `concerned` as in Measure."""
    counts = claim_counts(found, true)
    return [
        Measure(f"{what} F1", F1, counts, concerned=concerned, note=note),
        Measure(f"{what} precision", COUNTED_SHARE, precision_counts(counts), concerned=concerned, note=note),
        Measure(f"{what} recall", COUNTED_SHARE, recall_counts(counts), concerned=concerned, note=note),
    ]
