"""Krippendorff's alpha: how far annotators agree beyond chance, any number of them, values may be missing.

Each unit adds 1 / (m - 1) to the coincidence matrix for every ordered pair of values that two of its m annotators gave
it; units with fewer than two values add nothing. Alpha is 1 - observed / expected disagreement of that matrix
(Krippendorff, 2011, Computing Krippendorff's Alpha-Reliability): 1 where all agree, 0 at chance, below 0 where they
differ systematically. It is not defined (NaN) where only one value was ever used: nothing shows that they can tell.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal

import numpy as np

from .formulas import Floats, Formula

Level = Literal["nominal", "ordinal", "interval"]
Unit = Sequence[Hashable | None]
"""What each annotator said of one unit; None where an annotator said nothing."""


def nominal_agreement(units: Sequence[Unit], values: Sequence[Hashable]) -> Floats:
    """(n, 1 + values) what each unit adds: coinciding pairs, then how often each value was paired.

    These are the statistics of KRIPPENDORFF_ALPHA; they add up, over the units of a note and over notes.
    """
    counts = _counts(units, values)
    annotators = counts.sum(axis=1)
    paired = np.where(annotators[:, None] >= 2, counts, 0.0)
    matches = (paired * (paired - 1)).sum(axis=1) / np.maximum(annotators - 1, 1)
    return np.column_stack([matches, paired])


def krippendorff_alpha(units: Sequence[Unit], values: Sequence[Any], level: Level = "nominal") -> float:
    """Alpha of all units; `values` are the ones there are, in their order (ordinal) or as numbers (interval)."""
    matrix = coincidence_matrix(units, values)
    paired = matrix.sum(axis=0)
    difference = _differences(values, paired, level)
    expected = float(paired @ difference @ paired)
    return 1 - (paired.sum() - 1) * float((matrix * difference).sum()) / expected if expected else float("nan")


def coincidence_matrix(units: Sequence[Unit], values: Sequence[Hashable]) -> Floats:
    """(values, values) coinciding pairs of values, added up over units; symmetric."""
    counts = _counts(units, values)
    counts = counts[counts.sum(axis=1) >= 2]
    weighted = counts / (counts.sum(axis=1, keepdims=True) - 1)
    return np.asarray(weighted.T @ counts - np.diag(weighted.sum(axis=0)))


def _counts(units: Sequence[Unit], values: Sequence[Hashable]) -> Floats:
    """(n, values) how many annotators gave the unit each value."""
    column = {value: place for place, value in enumerate(values)}
    counts = np.zeros((len(units), len(values)))
    for row, unit in enumerate(units):
        for value in unit:
            if value is not None:
                counts[row, column[value]] += 1
    return counts


def _differences(values: Sequence[Any], paired: Floats, level: Level) -> Floats:
    """(values, values) squared differences at that level of measurement."""
    if level == "nominal":
        return np.asarray(1 - np.eye(len(values)))
    if level == "interval":
        numbers = np.asarray(values, dtype=np.float64)
        return np.asarray((numbers[:, None] - numbers) ** 2)
    ranks = np.cumsum(paired) - paired / 2
    return np.asarray((ranks[:, None] - ranks) ** 2)


def _alpha(sums: Floats) -> Floats:
    matches, paired = sums[:, 0], sums[:, 1:]
    total = paired.sum(axis=1)
    expected = total**2 - (paired**2).sum(axis=1)
    ratio = np.full(len(sums), np.nan)
    np.divide((total - 1) * (total - matches), expected, out=ratio, where=expected > 0)
    return 1 - ratio


KRIPPENDORFF_ALPHA = Formula("krippendorff_alpha", of_sums=_alpha)
"""Nominal alpha, columns (coinciding pairs, how often each value was paired)."""
