"""Mean F1 over labels, the rare ones counting as much as the frequent ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from ..metrics import MACRO_F1, label_counts
from ..results import Figure, ItemSet, measured

_FEW = 10

Label = TypeVar("Label", str, tuple[str, str])


def macro_figures(
    suite: str,
    what: str,
    items: ItemSet,
    claimed: Sequence[AbstractSet[Label]],
    true: Sequence[AbstractSet[Label]],
    parts: Mapping[str, Sequence[int]],
) -> list[Figure]:
    """Macro F1 of each part, over the labels that are true of one of its items; none where there is no such label.

    So what is averaged depends on the data alone, and is the same for every model that is measured on them. What is
    claimed of other labels is not in it, but in precision.
    """
    return [
        _figure(suite, what, items, [claimed[row] for row in rows], [true[row] for row in rows], part, rows)
        for part, rows in parts.items()
        if any(true[row] for row in rows)
    ]


def _figure(
    suite: str,
    what: str,
    items: ItemSet,
    claimed: Sequence[AbstractSet[Label]],
    true: Sequence[AbstractSet[Label]],
    part: str,
    rows: Sequence[int],
) -> Figure:
    counts = Counter(label for of_item in true for label in of_item)
    few = sum(count < _FEW for count in counts.values())
    note = (
        f"mean over the labels that are true of any of these {items.name}; "
        f"{few} of {len(counts)} labels have fewer than {_FEW} true {items.name}"
    )
    labels = sorted(counts)
    return measured(
        suite,
        f"{what} macro F1",
        MACRO_F1,
        items,
        label_counts(claimed, true, labels),
        part=part,
        rows=rows,
        note=note,
        columns=[label if isinstance(label, str) else " ".join(label) for label in labels],
    )
