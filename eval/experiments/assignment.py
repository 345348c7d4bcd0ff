"""Who gets what: stratified, seeded, the same whatever the order of the rows.

Within a stratum, units (or whole clusters) are put in an order that their ids, the seed and the experiment's name
decide, so that two experiments of the same units and seed do not treat the same half. They are dealt out so that every
arm gets its share to within one (permuted blocks: Rosenberger & Lachin, 2016). Who gets the odd ones out is
evened over strata, so that many small strata do not all favour the same arm.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...errors import InputError
from .arms import Arm


@dataclass(frozen=True)
class Assignment:
    """Who was assigned to which arm, sorted by unit; clusters are "" where units were randomised one by one."""

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    strata: tuple[str, ...]
    arms: tuple[str, ...]


def assign(
    units: Sequence[str],
    clusters: Sequence[str] | None,
    strata: Sequence[str],
    arms: Sequence[Arm],
    *,
    seed: int,
    name: str = "",
) -> Assignment:
    """Assign every unit, or every cluster with all its units, to an arm.

    Args:
        units: (n,) ids, each once.
        clusters: (n,) of each unit, to be assigned whole; None: units are assigned one by one.
        strata: (n,) of each unit, within which arms are balanced.
        arms: with shares that add up to 1.
        seed: the same name, seed and units give the same assignment.
        name: of the experiment.

    Raises:
        InputError: a cluster lies in two strata.
    """
    stratum_of = _stratum_of(units, strata) if clusters is None else _stratum_of(clusters, strata)
    arm_of = _dealt(stratum_of, arms, f"{seed}\x1f{name}")
    order = sorted(range(len(units)), key=lambda row: units[row])
    of_units = clusters or [""] * len(units)
    return Assignment(
        units=tuple(units[row] for row in order),
        clusters=tuple(of_units[row] for row in order),
        strata=tuple(strata[row] for row in order),
        arms=tuple(arm_of[of_units[row] or units[row]] for row in order),
    )


def _stratum_of(keys: Sequence[str], strata: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, stratum in zip(keys, strata, strict=True):
        if found.setdefault(key, stratum) != stratum:
            raise InputError(
                f"cluster {key!r} has units in two strata ({found[key]!r} and {stratum!r}), but it is assigned whole; "
                "stratify by what all units of a cluster share"
            )
    return found


def _dealt(stratum_of: Mapping[str, str], arms: Sequence[Arm], salt: str) -> dict[str, str]:
    members: dict[str, list[str]] = {}
    for key, stratum in stratum_of.items():
        members.setdefault(stratum, []).append(key)
    owed: dict[str, Fraction] = {arm.name: Fraction(0) for arm in arms}
    arm_of: dict[str, str] = {}
    for stratum in sorted(members, key=lambda name: _draw(salt, "stratum", name)):
        keys = sorted(members[stratum], key=lambda key: _draw(salt, "unit", key))
        seats = _seats(len(keys), arms, owed, salt, stratum)
        dealt = [name for name, count in seats.items() for _ in range(count)]
        arm_of.update(zip(keys, dealt, strict=True))
        for arm in arms:
            owed[arm.name] += arm.share * len(keys) - seats[arm.name]
    return arm_of


def _seats(count: int, arms: Sequence[Arm], owed: Mapping[str, Fraction], salt: str, stratum: str) -> Counter[str]:
    """Whole shares, and the rest one each to those arms that earlier strata left shortest, ties by draw."""
    exact = {arm.name: arm.share * count for arm in arms}
    seats = Counter({name: int(share) for name, share in exact.items()})
    with_rest = [name for name, share in exact.items() if share != int(share)]
    with_rest.sort(key=lambda name: (-(owed[name] + exact[name] - seats[name]), _draw(salt, stratum, name)))
    seats.update(with_rest[: count - seats.total()])
    return seats


def _draw(salt: str, kind: str, name: str) -> bytes:
    """A random-looking place in the order that depends on nothing but the salt and the name."""
    return hashlib.sha256(f"{salt}\x1f{kind}\x1f{name}".encode("utf-8", "surrogatepass")).digest()
