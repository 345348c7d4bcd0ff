"""A confusion as a heat table: every row is a true label, shaded by where its texts went."""

from __future__ import annotations

from dataclasses import dataclass

from ..results import Confusion

LEVELS = 8
"""Shades from 0 (none) to this (all of the row)."""


@dataclass(frozen=True)
class Cell:
    """A count, its share of the row, its shade, and whether truth and prediction agree."""

    count: int
    share: float
    level: int
    agrees: bool


@dataclass(frozen=True)
class ConfusionRow:
    """What texts of one true label were taken for."""

    label: str
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True)
class ConfusionTable:
    """Rows of true labels, columns of predicted labels, with the columns' totals."""

    confusion: Confusion
    rows: tuple[ConfusionRow, ...]
    predicted: tuple[int, ...]

    @property
    def total(self) -> int:
        """All texts."""
        return sum(self.predicted)


def confusion_table(confusion: Confusion) -> ConfusionTable:
    """The counts, shaded by their share of the row."""
    labelled = zip(confusion.labels, confusion.counts, strict=True)
    rows = [_row(label, counts, truth) for truth, (label, counts) in enumerate(labelled)]
    return ConfusionTable(confusion, tuple(rows), tuple(map(sum, zip(*confusion.counts, strict=True))))


def _row(label: str, counts: tuple[int, ...], truth: int) -> ConfusionRow:
    total = sum(counts)
    shares = [count / total if total else 0.0 for count in counts]
    cells = [
        Cell(count, share, _level(share), column == truth)
        for column, (count, share) in enumerate(zip(counts, shares, strict=True))
    ]
    return ConfusionRow(label, tuple(cells), total)


def _level(share: float) -> int:
    """Shade of a share; whatever is not 0 is shaded."""
    return max(1, round(share * LEVELS)) if share > 0 else 0
