"""The items that two results have in common, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..metrics import COUNTED_SHARE, F1, FORMULAS, MACRO_F1, Floats, Formula, summed_by_cluster
from ..results import Figure, ItemSet, Result
from ..results.figure import Basis

Numbers = NDArray[np.intp]

_COUNTED = (COUNTED_SHARE, F1, MACRO_F1)


@dataclass(frozen=True)
class Alignment:
    """The items of two sets under common numbers, in the order of their ids, so that the files' order tells nothing.

    Attributes:
        ids: of every item in either set, sorted.
        old: number of each item of the old set.
        new: number of each item of the new set.
        cluster: number of each item's cluster, as the new set has it where it has the item.
        moved: ids of items that the two sets put into different clusters.
        reweighted: whether any item has another weight in the new set.
    """

    ids: tuple[str, ...]
    old: Numbers
    new: Numbers
    cluster: Numbers
    moved: tuple[str, ...]
    reweighted: bool

    @classmethod
    def of(cls, old: ItemSet, new: ItemSet) -> Alignment:
        """Number the items of two sets."""
        before, after = dict(zip(old.ids, old.clusters, strict=True)), dict(zip(new.ids, new.clusters, strict=True))
        cluster_of = before | after
        ids = tuple(sorted(cluster_of))
        number = {item: place for place, item in enumerate(ids)}
        names = {cluster: place for place, cluster in enumerate(sorted(set(cluster_of.values())))}
        common, weighed_before, weighed_after = before.keys() & after.keys(), _weights(old), _weights(new)
        return cls(
            ids,
            np.asarray([number[item] for item in old.ids], dtype=np.intp),
            np.asarray([number[item] for item in new.ids], dtype=np.intp),
            np.asarray([names[cluster_of[item]] for item in ids], dtype=np.intp),
            tuple(sorted(item for item in common if before[item] != after[item])),
            any(weighed_before[item] != weighed_after[item] for item in common),
        )


def _weights(items: ItemSet) -> dict[str, float]:
    return dict(zip(items.ids, items.weights or (1.0,) * len(items), strict=True))


@dataclass(frozen=True)
class Sample:
    """One system's statistics (n, k) on the common items, and the place of each row's item among them (n,)."""

    statistics: Floats
    item: Numbers

    def by_item(self, count: int) -> Floats:
        """Statistics (items, k), added up where an item has several rows."""
        return summed_by_cluster(self.statistics, self.item, count)


@dataclass(frozen=True)
class Pair:
    """One figure in two results, on the items of both.

    Attributes:
        formula: how both follow from their statistics.
        old: statistics of the old system.
        new: statistics of the new system.
        ids: the common items, sorted.
        cluster: (items,) number of each item's cluster, from 0 without gaps, in the order of the clusters' names.
        only_old: items of the old figure that the new system was not given.
        only_new: items of the new figure that the old system was not given.
        old_abstains: items of the new figure that the old system was given and has no value for; left out.
        new_abstains: items of the old figure that the new system was given and has no value for; left out.
    """

    formula: Formula
    old: Sample
    new: Sample
    ids: tuple[str, ...]
    cluster: Numbers
    only_old: int = 0
    only_new: int = 0
    old_abstains: int = 0
    new_abstains: int = 0

    @property
    def clusters(self) -> int:
        """How many clusters the common items belong to."""
        return int(self.cluster.max()) + 1

    @property
    def values(self) -> tuple[float, float]:
        """The figure of the old and of the new system on the common items."""
        return self.formula.value(self.old.statistics), self.formula.value(self.new.statistics)

    @property
    def changed(self) -> int:
        """How many items have other statistics in the new system than in the old."""
        count = len(self.ids)
        return int((self.old.by_item(count) != self.new.by_item(count)).any(axis=1).sum())


class Pairing:
    """Pairs the figures of two results; each pair of item sets is aligned once."""

    def __init__(self, old: Result, new: Result) -> None:
        self._old, self._new = old, new
        self.alignments: dict[tuple[str, str], Alignment] = {}

    def pair(self, old: Figure, new: Figure) -> Pair | str:
        """Both figures on their common items, or in words why they cannot be compared item by item."""
        if old.basis is None or new.basis is None:
            return "a reading, no function of items"
        if old.basis.formula != new.basis.formula or old.basis.statistics.shape[1] != new.basis.statistics.shape[1]:
            return "the two results compute it differently"
        if old.basis.columns != new.basis.columns:
            return "the two results average over other labels"
        alignment = self._alignment(old.basis.item_set, new.basis.item_set)
        if alignment.reweighted:
            return "the two results weigh the items differently"
        pair = _paired(old.basis, new.basis, alignment)
        return pair if pair.ids else "no item in common"

    def _alignment(self, old: str, new: str) -> Alignment:
        if (old, new) not in self.alignments:
            self.alignments[old, new] = Alignment.of(self._old.item_set(old), self._new.item_set(new))
        return self.alignments[old, new]


def _paired(old: Basis, new: Basis, alignment: Alignment) -> Pair:
    before, after = alignment.old[list(old.rows)], alignment.new[list(new.rows)]
    formula, given = FORMULAS[new.formula], np.intersect1d(alignment.old, alignment.new)
    means = _is_mean(formula, old.statistics) and _is_mean(formula, new.statistics)
    common = np.intersect1d(before, after) if means else np.intersect1d(np.union1d(before, after), given)
    return Pair(
        formula=formula,
        old=_sample(old.statistics, before, common),
        new=_sample(new.statistics, after, common),
        ids=tuple(alignment.ids[number] for number in common),
        cluster=np.unique(alignment.cluster[common], return_inverse=True)[1],
        only_old=len(np.setdiff1d(before, given)),
        only_new=len(np.setdiff1d(after, given)),
        old_abstains=len(np.setdiff1d(np.intersect1d(after, given), common)),
        new_abstains=len(np.setdiff1d(np.intersect1d(before, given), common)),
    )


def _is_mean(formula: Formula, statistics: Floats) -> bool:
    """Whether each row weighs the same, so that a system without a row abstains and must not count as one with zeros.

    Where counts are added up, a missing row is one of zeros: a note on which the new system no longer claims what is
    false.
    """
    if formula.of_sums is None:
        return True
    return formula not in _COUNTED and bool((statistics[:, -1] == 1).all())


def _sample(statistics: Floats, item: Numbers, common: Numbers) -> Sample:
    """The rows of common items, in the order of the items."""
    kept = np.flatnonzero(np.isin(item, common))
    kept = kept[np.argsort(item[kept], kind="stable")]
    return Sample(statistics[kept], np.searchsorted(common, item[kept]))
