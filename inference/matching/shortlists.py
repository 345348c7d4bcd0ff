"""The few best modules of each physician, among which diversity and the policy choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from .channel_bits import Bits
from .channel_choice import ChannelChoice
from .scoring import Scored
from .shelf import Rows, Scores, Section

CANDIDATES = 50
"""The modules of the highest scores."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """The candidates of one physician (c of them), ascending by row.

    Attributes:
        section: what was searched.
        choice: the physician's order of channels.
        places: (c,) in the section.
        scores: (c,) in [0, 1].
        left: (c,) the sets of channels through which each may be shown.
        spreads: (c, needs) how much a score changes where the belief in a need rises by one standard deviation.
        vectors: (needs, d) what each need was searched with.
    """

    section: Section
    choice: ChannelChoice
    places: Rows
    scores: NDArray[np.float64]
    left: Bits
    spreads: NDArray[np.float64]
    vectors: Vectors

    @cached_property
    def rows(self) -> Rows:
        """(c,) of the shelf."""
        return self.section.rows[self.places]

    @property
    def wording(self) -> Vectors:
        """(c, d) of title and text."""
        return self.section.wording(self.places)

    def channel(self, place: int) -> str:
        """The channel that a candidate would use."""
        return self.choice.best_of(int(self.left[place]))


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The candidates of b physicians, up to c each; shorter lists end in padding.

    Attributes:
        section: what was searched.
        places: (b, c) in the section; of padding 0.
        scores: (b, c); of padding minus infinity.
        ranked: (b,) each list by itself, without padding.
    """

    section: Section
    places: Rows
    scores: NDArray[np.float64]
    ranked: Sequence[Ranked]

    @property
    def wording(self) -> Vectors:
        """(b, c, d) of title and text; of padding that of any module."""
        return self.section.wording(self.places)


def shortlists(scored: Scored, need_weight: float) -> Shortlists:
    """The candidates of each physician; `need_weight` is that of needs in the score."""
    chosen = best_of_each(scored.scores, scored.eligible, CANDIDATES)
    who, places = np.nonzero(chosen)
    scores = np.clip(scored.scores[who, places].astype(np.float64), 0.0, 1.0)
    left = scored.left[who, places]
    counts = np.bincount(who, minlength=len(chosen))
    doubts = _doubts(scored, need_weight)
    ranked = [
        Ranked(
            section=scored.section,
            choice=audience.choice,
            places=places[first:last],
            scores=scores[first:last],
            left=left[first:last],
            spreads=scored.relevance[start:end, places[first:last]].T * doubts[start:end],
            vectors=scored.vectors[start:end],
        )
        for audience, (first, last), (start, end) in zip(
            scored.audiences, pairwise([0, *np.cumsum(counts)]), pairwise(scored.ends), strict=True
        )
    ]
    in_list = np.arange(counts.max()) < counts[:, None]
    side_by_side = np.zeros(in_list.shape, dtype=np.int64), np.full(in_list.shape, -np.inf)
    side_by_side[0][in_list], side_by_side[1][in_list] = places, scores
    return Shortlists(scored.section, *side_by_side, ranked)


def best_of_each(scores: Scores, eligible: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Which of the eligible (b, m) have the `count` highest scores of their row; of equal ones the first."""
    if scores.shape[1] <= count:
        return eligible
    among = np.where(eligible, scores, np.float32(-np.inf))
    least = np.partition(among, -count, axis=1)[:, -count, None]
    above, level = among > least, (among == least) & eligible
    room = count - above.sum(axis=1, keepdims=True)
    chosen: NDArray[np.bool_] = above | (level & (np.cumsum(level, axis=1) <= room))
    return chosen


def _doubts(scored: Scored, need_weight: float) -> NDArray[np.float64]:
    """What one standard deviation of the belief in each need (needs,) does to the score of a module that answers it."""
    needs = [need for audience in scored.audiences for need in audience.needs]
    return np.array([need_weight * need.weight * need.deviation / need.probability for need in needs])
