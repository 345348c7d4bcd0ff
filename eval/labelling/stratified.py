"""Stratified random draws whose probabilities are known, so that figures can be weighted by them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import InputError

Stratum = tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """One id drawn at random, and the probability with which each id of its stratum was."""

    id: str
    probability: float


def allocate(sizes: Mapping[Stratum, int], count: int) -> dict[Stratum, int]:
    """How many to draw of each stratum: at least one, the rest in proportion to size (largest remainders).

    Raises:
        InputError: more strata than are to be drawn.
    """
    total = sum(sizes.values())
    if count >= total:
        return dict(sizes)
    if len(sizes) > count:
        raise InputError(
            f"there are {len(sizes):,} strata, but only {count:,} notes are drawn at random: "
            "ask for more notes, or stratify by less"
        )
    share = {stratum: count * size / total for stratum, size in sizes.items()}
    allocated = {stratum: max(1, int(share[stratum])) for stratum in sizes}
    while (missing := count - sum(allocated.values())) != 0:
        step = 1 if missing > 0 else -1
        changeable = [s for s in sizes if (allocated[s] < sizes[s] if step > 0 else allocated[s] > 1)]
        chosen = max(changeable, key=lambda s: (step * (share[s] - allocated[s]), s))
        allocated[chosen] += step
    return allocated


def draw(strata: Mapping[str, Stratum], count: int, seed: int) -> list[Draw]:
    """Draw `count` ids without replacement, `strata` being each id's; the order of the ids plays no part.

    Raises:
        InputError: more strata than are to be drawn.
    """
    members: dict[Stratum, list[str]] = {}
    for identifier in draw_order(list(strata), seed):
        members.setdefault(strata[identifier], []).append(identifier)
    allocated = allocate({stratum: len(ids) for stratum, ids in sorted(members.items())}, count)
    return [
        Draw(identifier, taken / len(members[stratum]))
        for stratum, taken in allocated.items()
        for identifier in members[stratum][:taken]
    ]


def draw_order(ids: Sequence[str], seed: int) -> list[str]:
    """The ids in an order that looks random and follows from the seed and each id alone."""
    return sorted(ids, key=lambda identifier: hashlib.sha256(f"{seed}\x1f{identifier}".encode()).hexdigest())
