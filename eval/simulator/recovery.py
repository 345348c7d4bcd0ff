"""How much of a simulated world's truth the profiles recover: figures of the suite `simulated`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...inference.profiles import ProfileTables, build_profiles
from ...prompts import Taxonomy
from ..results import Figure, ItemSet
from .recovered_beliefs import belief_recovery
from .recovered_channels import channel_recovery
from .world import World

SUITE = "simulated"


@dataclass(frozen=True)
class Recovery:
    """Figures and what they were measured on, as a suite's findings want them."""

    figures: tuple[Figure, ...]
    item_sets: tuple[ItemSet, ...]

    def figure(self, key: str) -> Figure:
        """The figure of that key; KeyError where there is none."""
        return {figure.key: figure for figure in self.figures}[key]


def inferred_profiles(world: World) -> ProfileTables:
    """The profiles that the records of a world give, its statements read as they stand."""
    return build_profiles(
        statements=world.statements,
        channel_statements=world.channel_statements,
        content_events=world.content_events,
        consents=world.consents,
        hcps=world.hcps,
        taxonomy=Taxonomy.default(),
        as_of=world.options.as_of,
    )


def recovery(world: World, profiles: ProfileTables) -> Recovery:
    """Every figure of what the profiles say against what is true on the last day.

    Figures named `… by chance` are those of the same claims made of another physician: what is right of anybody.
    """
    parts: tuple[Callable[[str, World, ProfileTables], tuple[list[Figure], list[ItemSet]]], ...]
    parts = (belief_recovery, channel_recovery)
    found = [part(SUITE, world, profiles) for part in parts]
    return Recovery(
        tuple(figure for figures, _ in found for figure in figures),
        tuple(items for _, item_sets in found for items in item_sets),
    )
