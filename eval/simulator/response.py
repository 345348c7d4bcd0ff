"""How physicians respond: they engage by the channel, and act on what they engage with by its topic.

The probability of engaging is hidden, and one of the physician and the channel alone. Who engages acts (clicks, asks,
tries) with a probability that is high where the content speaks to a barrier that truly stands open, lower where it
speaks to a driver that holds, and low otherwise. So a policy that finds the open barriers and the right channel truly
does better, and by how much is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...errors import InputError
from ..metrics import Floats
from .histories import Flags

ACTION_INTERCEPT, ACTION_BARRIER, ACTION_DRIVER = -1.5, 2.0, 0.8
PRESCRIBING_INTERCEPT, PRESCRIBING_BARRIER, PRESCRIBING_DRIVER = -0.5, -0.6, 0.5
"""Log-odds: of acting once engaged, and of prescribing (a summand for each barrier and driver that holds)."""


def acts(open_barrier: Flags, held_driver: Flags) -> Floats:
    """Probability of acting on content that one engages with, by what stands of its topic."""
    from scipy.special import expit

    return np.asarray(expit(ACTION_INTERCEPT + ACTION_BARRIER * open_barrier + ACTION_DRIVER * held_driver))


def prescribes(barriers: NDArray[np.intp], drivers: NDArray[np.intp]) -> Floats:
    """Probability of prescribing a brand with so many barriers and drivers holding."""
    from scipy.special import expit

    return np.asarray(expit(PRESCRIBING_INTERCEPT + PRESCRIBING_BARRIER * barriers + PRESCRIBING_DRIVER * drivers))


@dataclass(frozen=True)
class Response:
    """How the physicians of a world respond on its last day."""

    engagement: dict[tuple[str, str], float]
    held: frozenset[tuple[str, str, str, str]]

    @classmethod
    def of(cls, topics: pa.Table, channels: pa.Table) -> Response:
        """From TRUE_TOPICS and TRUE_CHANNELS."""
        open_topics = topics.filter(pc.not_equal(topics["state"], "resolved"))
        held = (open_topics[name].to_pylist() for name in ("hcp_id", "brand", "polarity", "topic"))
        pairs = zip(channels["hcp_id"].to_pylist(), channels["channel"].to_pylist(), strict=True)
        return cls(
            engagement=dict(zip(pairs, channels["p_engage"].to_pylist(), strict=True)),
            held=frozenset(zip(*held, strict=True)),
        )

    def probability(self, hcp_id: str, brand: str, topic: str, channel: str) -> float:
        """Probability that the physician engages with content on that topic in that channel, and acts on it."""
        return float(self.probabilities([hcp_id], [brand], [topic], [channel])[0])

    def probabilities(
        self, hcp_ids: Sequence[str], brands: Sequence[str], topics: Sequence[str], channels: Sequence[str]
    ) -> Floats:
        """The same (n,) for many; InputError for a physician or channel that the world does not have."""
        try:
            engaged = np.array([self.engagement[pair] for pair in zip(hcp_ids, channels, strict=True)])
        except KeyError as e:
            raise InputError(f"the simulated world has no physician and channel {e.args[0]}") from e
        asked = list(zip(hcp_ids, brands, topics, strict=True))
        barrier, driver = (
            np.array([(hcp_id, brand, polarity, topic) in self.held for hcp_id, brand, topic in asked], dtype=np.bool_)
            for polarity in ("barrier", "driver")
        )
        return engaged * acts(barrier, driver)
