"""How far redaction covers what it should, place by place and character by character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ...metrics import Floats, Place, overlap


def covered_counts(text: str, found: Iterable[Place], true: Iterable[Place]) -> tuple[int, int, int]:
    """Places covered whole, places touched, places: white space needs no cover."""
    redacted = characters_of(text, found)
    of_places = [characters_of(text, [place]) for place in true]
    whole = sum(of_place <= redacted for of_place in of_places)
    return whole, sum(bool(of_place & redacted) for of_place in of_places), len(of_places)


def character_overlap(text: str, found: Iterable[Place], true: Iterable[Place]) -> tuple[int, int, int]:
    """Characters in both, redacted, that should be; without white space."""
    redacted, wanted = characters_of(text, found), characters_of(text, true)
    return len(redacted & wanted), len(redacted), len(wanted)


def characters_of(text: str, places: Iterable[Place]) -> set[int]:
    """Positions of the places' characters that are no white space."""
    return {position for start, end in places for position in range(start, end) if not text[position].isspace()}


def touching_none(found: Iterable[Place], true: Sequence[Place]) -> int:
    """How many redactions touch nothing that should be redacted."""
    return sum(not any(overlap(place, wanted) for wanted in true) for place in found)


def columns(rows: Sequence[tuple[float, ...]], width: int) -> Floats:
    """(n, width) of n rows, which may be none."""
    return np.asarray(rows, dtype=np.float64).reshape(-1, width)
