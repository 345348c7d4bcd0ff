"""Adoption stages that were claimed against those that are true."""

from __future__ import annotations

from collections.abc import Sequence

from ..metrics import RATIO, SHARE, means
from ..results import Confusion, Figure, ItemSet, measured

LADDER = ("unaware", "aware", "trial", "adopter", "advocate")
"""The stages in their order; who lapsed stands beside it."""
STAGES = (*LADDER, "lapsed")
UNCLAIMED = "nothing claimed"


def stage_figures(
    suite: str, items: ItemSet, found: Sequence[str | None], true: Sequence[str], part: str
) -> list[Figure]:
    """Accuracy over all items (nothing claimed is wrong), and the mean distance in steps of the ladder.

    The distance is taken where both the stage found and the true one are on the ladder.
    """
    right = [ours == theirs for ours, theirs in zip(found, true, strict=True)]
    figures = [measured(suite, "adoption stage accuracy", SHARE, items, means(right), part=part)]
    places = {stage: step for step, stage in enumerate(LADDER)}
    rows = [row for row, stages in enumerate(zip(found, true, strict=True)) if set(stages) <= places.keys()]
    if rows:
        steps = [abs(places[str(found[row])] - places[true[row]]) for row in rows]
        note = f"{len(items) - len(rows)} left out: lapsed, or nothing claimed"
        distance = measured(
            suite,
            "adoption stage distance",
            RATIO,
            items,
            means(steps),
            part=part,
            rows=rows,
            better="lower",
            note=note,
        )
        figures.append(distance)
    return figures


def stage_confusion(suite: str, name: str, found: Sequence[str | None], true: Sequence[str]) -> Confusion:
    """Counts (true stages, stages found); the last label stands for nothing claimed."""
    labels = (*STAGES, UNCLAIMED)
    counts = [[0] * len(labels) for _ in labels]
    for ours, theirs in zip(found, true, strict=True):
        counts[labels.index(theirs)][labels.index(ours or UNCLAIMED)] += 1
    return Confusion(suite, name, labels, tuple(map(tuple, counts)))
