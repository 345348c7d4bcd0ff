"""The items that became better or worse, as a person would look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics import F1, Floats
from ..results import ALL, Example, Figure, Result
from .pairing import Pair, Sample

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Flip:
    """An item whose own value changed.

    Attributes:
        item_id: of the item.
        old: the figure of this item alone, in the old result.
        new: the same in the new result.
        gain: how much better the new one is; negative where it is worse.
        old_example: the item as the old system saw it; None where the result kept no example of it.
        new_example: as the new system saw it.
    """

    item_id: str
    old: float
    new: float
    gain: float
    old_example: Example | None = None
    new_example: Example | None = None


@dataclass(frozen=True)
class Flips:
    """The items of one suite that flipped, by one figure.

    Attributes:
        suite: of which suite.
        key: the figure that items are judged by.
        items: how many items both results have.
        undefined: on how many of them the figure is not defined in one of the two, so that they cannot be judged.
        flips: the largest change first.
    """

    suite: str
    key: str
    items: int
    undefined: int
    flips: tuple[Flip, ...]

    @property
    def better(self) -> int:
        """How many items became better."""
        return sum(flip.gain > 0 for flip in self.flips)

    @property
    def worse(self) -> int:
        """How many items became worse."""
        return sum(flip.gain < 0 for flip in self.flips)


def flips(figures: Sequence[tuple[Figure, Figure, Pair | str]], old: Result, new: Result) -> tuple[Flips, ...]:
    """One for each suite with a figure that judges items: its first F1 of the whole, else its first that can."""
    judges: dict[str, tuple[Figure, Pair]] = {}
    for _, figure, pair in figures:
        if isinstance(pair, Pair) and _judges_items(figure, pair):
            known = judges.get(figure.suite)
            if known is None or (pair.formula is F1 and known[1].formula is not F1):
                judges[figure.suite] = figure, pair
    return tuple(
        _flips(figure, pair, _examples(old, suite), _examples(new, suite)) for suite, (figure, pair) in judges.items()
    )


def _judges_items(figure: Figure, pair: Pair) -> bool:
    """Whether it is of the whole, has a better direction and a value for each item, and is not the same on all."""
    judged = figure.part == ALL and figure.better != "neither" and pair.formula.of_sums is not None
    return judged and pair.changed > 0


def _examples(result: Result, suite: str) -> dict[str, Example]:
    return {example.item_id: example for example in result.examples if example.suite == suite}


def _flips(figure: Figure, pair: Pair, old: Mapping[str, Example], new: Mapping[str, Example]) -> Flips:
    before, after = _item_values(pair, pair.old), _item_values(pair, pair.new)
    gains = (after - before) * (-1 if figure.better == "lower" else 1)
    changed = np.flatnonzero(np.abs(gains) > _ROUNDING)  # one that is not defined is not larger
    largest = sorted(changed.tolist(), key=lambda item: (-round(abs(float(gains[item])), 9), gains[item] > 0, item))
    return Flips(
        figure.suite,
        figure.key,
        len(pair.ids),
        int(np.isnan(gains).sum()),
        tuple(
            Flip(
                pair.ids[item],
                float(before[item]),
                float(after[item]),
                float(gains[item]),
                old.get(pair.ids[item]),
                new.get(pair.ids[item]),
            )
            for item in largest
        ),
    )


def _item_values(pair: Pair, sample: Sample) -> Floats:
    """The figure (items,) of each item alone."""
    of_sums = pair.formula.of_sums
    sums = sample.by_item(len(pair.ids))
    return np.full(len(sums), np.nan) if of_sums is None else of_sums(sums)
