"""Which of several channels a physician would rather be reached by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records.schemas import CHANNELS
from .channel_bits import BIT, EVERY_CHANNEL

_HIGHEST = np.array([number.bit_length() for number in range(EVERY_CHANNEL + 1)])
"""The place, counted from 1, of the highest bit of each number; 0 of none."""


@dataclass(frozen=True, slots=True)
class ChannelPreference:
    """What the profile knows of a physician and one channel; `p_engage` in [0, 1]."""

    p_engage: float = 0.0
    avoided: bool = False


_UNKNOWN = ChannelPreference()


class ChannelChoice:
    """One physician's order of channels, and the chance that each engages.

    Channels that are not avoided come first, then those more likely to engage, then by name; unknown counts as 0.

    Args:
        known: by channel.
    """

    def __init__(self, known: Mapping[str, ChannelPreference]) -> None:
        self._known = known
        preferences = {name: known.get(name, _UNKNOWN) for name in CHANNELS}
        order = sorted(CHANNELS, key=lambda name: (preferences[name].avoided, -preferences[name].p_engage, name))
        self._by_rank = ("", *reversed(order))
        self._chance_of_rank = np.array([known.get(name, _UNKNOWN).p_engage for name in self._by_rank], np.float32)
        rank_of = {name: rank for rank, name in enumerate(self._by_rank)}
        self._values = np.array([2.0 ** (rank_of[name] - 1) for name in CHANNELS], dtype=np.float32)

    def p_engage(self, channel: str) -> float | None:
        """The chance that a channel engages; None where nothing is known."""
        known = self._known.get(channel)
        return None if known is None else known.p_engage

    def chances(self, members: NDArray[np.float32], among: int = EVERY_CHANNEL) -> NDArray[np.float32]:
        """The chance of the best channel of each set (n, len(CHANNELS)) cut down to `among`; 0 where none is left."""
        chances: NDArray[np.float32] = self._chance_of_rank[self._best(members, among)]
        return chances

    def names(self, members: NDArray[np.float32]) -> tuple[str, ...]:
        """The best channel of each set (n, len(CHANNELS)); empty where the set is."""
        return tuple(self._by_rank[rank] for rank in self._best(members, EVERY_CHANNEL).tolist())

    def _best(self, members: NDArray[np.float32], among: int) -> NDArray[np.int64]:
        allowed = np.array([bool(BIT[name] & among) for name in CHANNELS], dtype=np.float32)
        best: NDArray[np.int64] = _HIGHEST[(members @ (self._values * allowed)).astype(np.int64)]
        return best
