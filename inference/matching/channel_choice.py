"""Which of several channels a physician would rather be reached by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records.schemas import CHANNELS
from .channel_bits import BIT, EVERY_CHANNEL, Bits, unpacked

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
        self._best_first = tuple((BIT[name], name) for name in order)
        self._chance_of_rank = np.array([0.0, *(preferences[name].p_engage for name in reversed(order))], np.float32)
        self._values = np.array([2.0 ** (len(order) - 1 - order.index(name)) for name in CHANNELS], dtype=np.float32)

    def p_engage(self, channel: str) -> float | None:
        """The chance that a channel engages; None where nothing is known."""
        known = self._known.get(channel)
        return None if known is None else known.p_engage

    def best_of(self, channels: int) -> str:
        """The best channel of a set; empty where the set is."""
        for bit, name in self._best_first:
            if channels & bit:
                return name
        return ""

    def best_chance(self, channels: int) -> float:
        """The chance of the best channel of a set; 0 where the set is empty."""
        return self.p_engage(self.best_of(channels)) or 0.0

    @classmethod
    def best_chances(
        cls, choices: Sequence[ChannelChoice], members: NDArray[np.float32], among: Bits
    ) -> NDArray[np.float32]:
        """The chance (b, n) of the best channel of each of n sets for b physicians; 0 where none is left.

        Args:
            choices: (b,) of the physicians.
            members: (n, len(CHANNELS)) the sets, see `unpacked`.
            among: (b,) the channels that each physician leaves of any set.
        """
        values = np.array([choice._values for choice in choices]) * unpacked(among)
        ranks = _HIGHEST[np.einsum("bc,nc->bn", values, members).astype(np.int64)]
        chances: NDArray[np.float32] = np.take_along_axis(
            np.array([choice._chance_of_rank for choice in choices]), ranks, axis=1
        )
        return chances
