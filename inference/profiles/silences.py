"""Silences: notes and answers that speak of a brand and do not mention a barrier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ordering import Numbers, is_first

_SPAN = 1 << 24
"""More days than lie between any two dates."""


@dataclass(frozen=True)
class Silences:
    """The days of silent records.

    Attributes:
        moments: number of the subject x _SPAN + days since 1970, of each silence, ascending.
    """

    moments: Numbers

    @classmethod
    def of(cls, pair: Numbers, record: Numbers, day: Numbers, barrier: Numbers) -> Silences:
        """From all statements (n,) of some physicians.

        Args:
            pair: number of the physician and brand.
            record: number of the note or answer.
            day: days since 1970.
            barrier: number of the subject; -1 of a driver, which need not be said again, and of what is not asked for.
        """
        heard = _distinct(pair, record, day)
        barriers, said = np.unique(barrier, return_index=True)
        barriers, said = barriers[barriers >= 0], said[barriers >= 0]
        which, place = _matches(pair[said], pair[heard])
        subject, row = barriers[which], heard[place]
        records = int(record.max(initial=0)) + 1
        silent = np.isin(subject * records + record[row], barrier * records + record, invert=True)
        return cls(np.sort(subject[silent] * _SPAN + day[row[silent]]))

    def between(self, subject: Numbers, since: Numbers, until: Numbers) -> Numbers:
        """(m,) how many there are of subjects (m,) after the days `since` (m,), up to the days `until` (m,)."""
        return self._up_to(subject, until) - self._up_to(subject, since)

    def _up_to(self, subject: Numbers, day: Numbers) -> Numbers:
        return np.asarray(np.searchsorted(self.moments, subject * _SPAN + day, side="right").astype(np.int64))


def _distinct(*keys: Numbers) -> Numbers:
    """A row of each different row of keys (n,), in their order."""
    order = np.lexsort(keys[::-1])
    return np.asarray(order[is_first(*(key[order] for key in keys))])


def _matches(keys: Numbers, ascending: Numbers) -> tuple[Numbers, Numbers]:
    """Places of every key and equal one among others that ascend: (k,) in the one, (k,) in the others."""
    start, end = (np.searchsorted(ascending, keys, side=side) for side in ("left", "right"))
    count = end - start
    which = np.repeat(np.arange(len(keys)), count)
    return which, np.arange(len(which)) + np.repeat(start - np.cumsum(count) + count, count)
