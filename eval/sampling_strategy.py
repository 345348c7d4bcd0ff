"""The ways to pick notes for labelling, apart from what picks them, so that the command line starts fast."""

from __future__ import annotations

from enum import StrEnum


class Strategy(StrEnum):
    """How notes are picked; mixed: a third at random, a third disagreeing, the rest uncertain."""

    MIXED = "mixed"
    UNCERTAIN = "uncertain"
    DISAGREEING = "disagreeing"
    RANDOM = "random"
