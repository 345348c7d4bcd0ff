"""Physicians whose drivers, barriers, channels and responses are known, and the records they leave."""

from .histories import TRUE_TOPICS
from .notes import TRUE_STATEMENTS
from .options import Noise, SimulationOptions, Variety
from .recovery import Recovery, inferred_profiles, measured_world, recovery
from .response import Response
from .world import TRUE_CHANNELS, TRUE_PRESCRIBING, TRUE_REPS, Truth, World, simulate
from .world_folder import MARKER, labelled_notes, write_world

__all__ = [
    "MARKER",
    "TRUE_CHANNELS",
    "TRUE_PRESCRIBING",
    "TRUE_REPS",
    "TRUE_STATEMENTS",
    "TRUE_TOPICS",
    "Noise",
    "Recovery",
    "Response",
    "SimulationOptions",
    "Truth",
    "Variety",
    "World",
    "inferred_profiles",
    "labelled_notes",
    "measured_world",
    "recovery",
    "simulate",
    "write_world",
]
