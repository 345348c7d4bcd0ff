"""Sets that were found against sets that are true, as F1, precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ..metrics import F1, SHARE, claim_counts, precision_counts, recall_counts
from ..results import Figure, ItemSet, measured


def set_figures(
    suite: str,
    what: str,
    items: ItemSet,
    found: Sequence[AbstractSet[str]],
    true: Sequence[AbstractSet[str]],
    part: str,
) -> list[Figure]:
    """Micro F1, precision and recall of the sets of all items (n,)."""
    counts = claim_counts(found, true)
    return [
        measured(suite, f"{what} F1", F1, items, counts, part=part),
        measured(suite, f"{what} precision", SHARE, items, precision_counts(counts), part=part),
        measured(suite, f"{what} recall", SHARE, items, recall_counts(counts), part=part),
    ]
