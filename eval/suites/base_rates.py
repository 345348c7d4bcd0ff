"""What is known of a channel without knowing the physician: the baseline of channel preferences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ...inference.profiles.engagement_log import Engagement


class BaseRates:
    """Share of exposures answered by channel, half a response added to either side; of all channels where unseen."""

    def __init__(self, engagement: Mapping[tuple[str, str], Engagement]) -> None:
        counts: dict[str, list[float]] = defaultdict(list)
        for (_, channel), logged in engagement.items():
            counts[channel] += [exposure.response for exposure in logged.exposures]
        self._rates = {channel: _rate(responses) for channel, responses in counts.items()}
        self._overall = _rate([response for responses in counts.values() for response in responses])

    def of(self, channel: str) -> float:
        """Probability that anybody engages in the channel."""
        return self._rates.get(channel, self._overall)


def _rate(responses: list[float]) -> float:
    return (sum(responses) + 0.5) / (len(responses) + 1)
