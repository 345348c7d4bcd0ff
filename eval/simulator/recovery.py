"""How much of a simulated world's truth the profiles recover: figures of the suite `simulated`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ... import __version__
from ...inference.profiles import ProfileTables, build_profiles
from ...prompts import Taxonomy
from ..results import Figure, ItemSet, Provenance, Result
from .compared_channels import channel_comparison
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


def measured_world(world: World) -> Result:
    """The recovery of a world's own profiles, and its channels beside what else could be made of the records."""
    begun = time.monotonic()
    found = recovery(world, inferred_profiles(world))
    figures, item_sets = channel_comparison(SUITE, world)
    options = world.options
    truth = f"{options.physicians:,} simulated physicians, {options.months} months, seed {options.seed}"
    provenance = Provenance(
        version=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - begun, 1),
        data={},
        model="none: the statements are those that were simulated",
        encoder="none",
        scored_by=dict.fromkeys((items.name for items in (*found.item_sets, *item_sets)), truth),
        notices=("simulated physicians: figures show what each part does, not how large its effect is in the field",),
    )
    return Result(provenance, (*found.item_sets, *item_sets), (*found.figures, *figures))
