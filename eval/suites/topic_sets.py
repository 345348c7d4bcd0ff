"""What holds of a physician and a brand, as sets of topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...inference.profiles import is_open
from ...inference.profiles.states import RESOLVED
from ..datasets import GoldProfile


@dataclass(frozen=True)
class TopicSets:
    """Topics of the barriers that are open, of those that are over, and of the drivers."""

    barriers_open: frozenset[str] = frozenset()
    barriers_resolved: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()

    @classmethod
    def of_gold(cls, profile: GoldProfile) -> TopicSets:
        """What is true."""
        return cls(frozenset(profile.barriers_open), frozenset(profile.barriers_resolved), frozenset(profile.drivers))

    @classmethod
    def of_inspected(cls, item: Mapping[str, Any]) -> TopicSets:
        """What an object of `hcplens inspect` says."""
        barriers, drivers = item["barriers"], item["drivers"]
        return cls(
            frozenset(entry["topic"] for entry in barriers if is_open(entry)),
            frozenset(entry["topic"] for entry in barriers if entry["state"] == RESOLVED),
            frozenset(entry["topic"] for entry in drivers if is_open(entry)),
        )


SETS = {"barriers_open": "barriers open", "barriers_resolved": "barriers resolved", "drivers": "drivers"}
"""The fields of TopicSets, and what figures call them."""
