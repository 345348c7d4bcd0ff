"""The few best modules of each physician, among which diversity and the policy choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ...embeddings.encoder import Vectors
from .channel_bits import Bits
from .channel_choice import ChannelChoice
from .needs import Need
from .scoring import Scored
from .shelf import Rows, Scores, Section

Number = TypeVar("Number", bound=np.generic)

CANDIDATES = 50
"""The modules of the highest scores."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """The candidates of one physician (c of them), ascending by row.

    Attributes:
        section: what was searched.
        choice: the physician's order of channels.
        places: (c,) in the section.
        rows: (c,) of the shelf.
        scores: (c,) in [0, 1].
        left: (c,) the sets of channels through which each may be shown.
        needs: of the physician.
        relevance: (needs, c) how well each answers each need.
        vectors: (needs, d) what each need was searched with.
    """

    section: Section
    choice: ChannelChoice
    places: Rows
    rows: Rows
    scores: NDArray[np.float64]
    left: Bits
    needs: Sequence[Need]
    relevance: Scores
    vectors: Vectors

    @property
    def wording(self) -> Vectors:
        """(c, d) of title and text."""
        return self.section.wording(self.places)

    def spreads(self, need_weight: float) -> NDArray[np.float64]:
        """(c, needs) how much a score changes where the belief in a need rises by one standard deviation.

        `need_weight` is that of needs in the score.
        """
        doubts = [need_weight * need.weight * need.deviation / need.probability for need in self.needs]
        spreads: NDArray[np.float64] = self.relevance.T * np.array(doubts)
        return spreads

    def channels(self, places: Sequence[int]) -> list[str]:
        """The channels that some candidates would use."""
        return [self.choice.best_of(channels) for channels in self.left[places].tolist()]


@dataclass(frozen=True, eq=False)
class Shortlists:
    """The candidates of b physicians, up to c each; shorter lists end in padding.

    Attributes:
        section: what was searched.
        places: (b, c) in the section; of padding 0.
        scores: (b, c); of padding minus infinity.
        left: (b, c) the sets of channels through which each may be shown; of padding none.
        ranked: (b,) each list by itself, without padding.
    """

    section: Section
    places: Rows
    scores: NDArray[np.float64]
    left: Bits
    ranked: Sequence[Ranked]


def shortlists(scored: Scored) -> Shortlists:
    """The candidates of each physician."""
    chosen = best_of_each(scored.scores, scored.eligible, CANDIDATES)
    who, places = np.nonzero(chosen)
    scores = np.clip(scored.scores[who, places].astype(np.float64), 0.0, 1.0)
    rows, left = scored.section.rows[places], scored.left[who, places]
    counts = np.bincount(who, minlength=len(chosen))
    ranked = [
        Ranked(
            section=scored.section,
            choice=audience.choice,
            places=places[first:last],
            rows=rows[first:last],
            scores=scores[first:last],
            left=left[first:last],
            needs=audience.needs,
            relevance=scored.relevance[start:end, places[first:last]],
            vectors=scored.vectors[start:end],
        )
        for audience, (first, last), (start, end) in zip(
            scored.audiences, pairwise([0, *np.cumsum(counts).tolist()]), pairwise(scored.ends.tolist()), strict=True
        )
    ]
    in_list = np.arange(counts.max()) < counts[:, None]
    return Shortlists(
        scored.section,
        _padded(places, in_list, 0),
        _padded(scores, in_list, -np.inf),
        _padded(left, in_list, 0),
        ranked,
    )


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


def _padded(values: NDArray[Number], in_list: NDArray[np.bool_], padding: float) -> NDArray[Number]:
    padded = np.full(in_list.shape, padding, dtype=values.dtype)
    padded[in_list] = values
    return padded
