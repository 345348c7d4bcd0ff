"""What a company decides about ranking: how much each topic matters to it, drivers against barriers, diversity.

A YAML file; what it leaves out stays as it is by default:

    importance: {coverage: 2, peers: 0.5, mechanism: 0}
    drivers: 0.5
    diversity: 0.1
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...errors import InputError
from ...prompts.taxonomy import Polarity, Taxonomy
from ...prompts.yaml_files import load_yaml
from ..records.nearest import did_you_mean
from .diversity import RELEVANCE_SHARE
from .needs import POLARITY_WEIGHTS

_Factor = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class RankingSettings(BaseModel):
    """What may be configured of ranking.

    Attributes:
        importance: by topic how much a need on it weighs against others, 1 where it is not named; 0 leaves it out.
        drivers: what a driver weighs against a barrier of the same belief.
        diversity: the share of diversity against the score.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    importance: Mapping[str, _Factor] = Field(default_factory=dict)
    drivers: _Factor = POLARITY_WEIGHTS["driver"]
    diversity: _Share = round(1 - RELEVANCE_SHARE, 6)

    @classmethod
    def load(cls, path: Path | str) -> RankingSettings:
        """Read a user's YAML; raises InputError that names the file and the field."""
        return load_yaml(cls, path, "table of ranking settings")

    def require_topics(self, taxonomy: Taxonomy) -> None:
        """Raise InputError where a topic is named that the taxonomy does not have."""
        for topic in self.importance:
            if topic not in taxonomy.by_id:
                raise InputError(
                    f"importance of {topic!r}: the taxonomy {taxonomy.name} {taxonomy.version} has no such topic"
                    f"{did_you_mean(topic, taxonomy.ids)}"
                )

    def weight(self, topic: str, polarity: Polarity) -> float:
        """What a need counts, belief and recency apart."""
        of_polarity = self.drivers if polarity == "driver" else POLARITY_WEIGHTS["barrier"]
        return self.importance.get(topic, 1.0) * of_polarity
