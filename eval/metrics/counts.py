"""Claims against truths as sets: the statistics that F1, precision and recall are computed from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from .formulas import Floats


def claim_counts(claimed: Sequence[AbstractSet[Hashable]], true: Sequence[AbstractSet[Hashable]]) -> Floats:
    """(n, 3) hits, claimed, true of each item: the statistics of F1."""
    rows = [(len(c & t), len(c), len(t)) for c, t in zip(claimed, true, strict=True)]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 3)


def label_counts(
    claimed: Sequence[AbstractSet[Hashable]], true: Sequence[AbstractSet[Hashable]], labels: Sequence[Hashable]
) -> Floats:
    """(n, 3 L) hits of each label, claims of each, truths of each: the statistics of MACRO_F1."""
    in_claimed = np.asarray([[label in c for label in labels] for c in claimed], dtype=np.float64)
    in_true = np.asarray([[label in t for label in labels] for t in true], dtype=np.float64)
    return np.concatenate([in_claimed * in_true, in_claimed, in_true], axis=-1)


def precision_counts(counts: Floats) -> Floats:
    """(n, 2) hits over claimed: the statistics of COUNTED_SHARE for precision, from those of F1."""
    return counts[:, [0, 1]]


def recall_counts(counts: Floats) -> Floats:
    """(n, 2) hits over true: the statistics of COUNTED_SHARE for recall, from those of F1."""
    return counts[:, [0, 2]]


def means(values: Sequence[float] | Floats) -> Floats:
    """(n, 2) each value over 1: the statistics of RATIO or SHARE for a plain mean."""
    column = np.asarray(values, dtype=np.float64)
    return np.column_stack([column, np.ones(len(column))])
