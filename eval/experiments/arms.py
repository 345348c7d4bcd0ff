"""What units are assigned to, and in which shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...errors import InputError

HOLD_OUT = "hold_out"
"""The arm of units that are set aside and get nothing."""
_ROUNDING = Fraction(1, 1000)


@dataclass(frozen=True)
class Arm:
    """An arm and the share of all units that it is to get; exact, so that equal shares stay equal."""

    name: str
    share: Fraction


def parse_arms(texts: Sequence[str]) -> tuple[Arm, ...]:
    """Arms from `control`, `treatment` (equal shares) or `control=0.5`, `treatment=0.5`; the first is the control.

    A text may name several, separated by commas.

    Raises:
        InputError: fewer than two arms, one named twice, shares of some only, or shares that do not add up to 1.
    """
    parts = [part.strip() for text in texts for part in text.split(",")]
    pairs = [
        (name.strip(), share.strip()) for name, _, share in (part.rpartition("=") for part in parts if "=" in part)
    ]
    names = [name for name, _ in pairs] if pairs else parts
    if pairs and len(pairs) < len(parts):
        raise InputError(f"arms {', '.join(parts)}: give every arm a share (control=0.5), or none (equal shares)")
    _check_names(names)
    shares = [_share(name, text) for name, text in pairs] if pairs else [Fraction(1, len(names))] * len(names)
    total = sum(shares, Fraction(0))
    if abs(total - 1) > _ROUNDING:
        raise InputError(f"the shares of the arms add up to {float(total):g}, not 1; what is set aside is --hold-out")
    return tuple(Arm(name, share / total) for name, share in zip(names, shares, strict=True))


def with_hold_out(arms: Sequence[Arm], share: float) -> tuple[Arm, ...]:
    """The arms, and the hold-out as one more that takes its share from all of them alike."""
    held = Fraction(str(share))
    if not held:
        return tuple(arms)
    return (*(Arm(arm.name, arm.share * (1 - held)) for arm in arms), Arm(HOLD_OUT, held))


def _check_names(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise InputError(f"an experiment compares at least two arms; given: {', '.join(names) or 'none'}")
    for name in names:
        if not name:
            raise InputError("an arm without a name: name each, as in --arm control --arm treatment")
        if name == HOLD_OUT:
            raise InputError(f"the name {HOLD_OUT!r} is kept for units that get nothing: set them aside by --hold-out")
        if names.count(name) > 1:
            raise InputError(f"the arm {name!r} is named {names.count(name)} times; name each arm once")


def _share(name: str, text: str) -> Fraction:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError) as e:
        raise InputError(f"arm {name!r}: share {text!r} is no number; write {name}=0.5") from e
    if not 0 < share < 1:
        raise InputError(f"arm {name!r}: share {text} is not between 0 and 1")
    return share
