"""Is the new result better than the old? Figure by figure, on the same items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import InputError
from ..results import Figure, Provenance, Result
from .differences import Difference, Family, differences, tested_by_family
from .flips import Flips, flips
from .notices import notices
from .pairing import Pair, Pairing


@dataclass(frozen=True)
class Comparison:
    """An old and a new result side by side.

    Attributes:
        old: where the old figures come from.
        new: where the new figures come from.
        differences: of every figure that both have, in the order of the new result.
        flips: the items that became better or worse, by suite.
        only_old: figures that only the old result has.
        only_new: figures that only the new result has.
        notices: what a reader must know.
    """

    old: Provenance
    new: Provenance
    differences: tuple[Difference, ...]
    flips: tuple[Flips, ...]
    only_old: tuple[Figure, ...]
    only_new: tuple[Figure, ...]
    notices: tuple[str, ...]

    @property
    def tested(self) -> int:
        """How many figures were tested."""
        return sum(self.families.values())

    @property
    def families(self) -> dict[Family, int]:
        """How many figures were tested in each family: those that its p-values are corrected for."""
        return tested_by_family(self.differences)

    @property
    def same_on_every_item(self) -> int:
        """How many figures were not tested because both systems are equal on each item."""
        return sum(difference.same_on_every_item for difference in self.differences)


def compare(old: Result, new: Result, *, seed: int = 0) -> Comparison:
    """Compare two results, paired on their items and clustered.

    Args:
        old: the result to compare with.
        new: the result in question.
        seed: of the draws; the same for all figures.

    Raises:
        InputError: the results have no figure or no item in common.
    """
    before, after = ({figure.key: figure for figure in result.figures} for result in (old, new))
    pairing = Pairing(old, new)
    both = [(before[key], figure, pairing.pair(before[key], figure)) for key, figure in after.items() if key in before]
    _refuse_strangers(both, old, new)
    found = differences(both, seed=seed)
    return Comparison(
        old.provenance,
        new.provenance,
        found,
        flips(both, old, new),
        tuple(figure for key, figure in before.items() if key not in after),
        tuple(figure for key, figure in after.items() if key not in before),
        notices(old.provenance, new.provenance, pairing.alignments, found),
    )


def _refuse_strangers(both: Sequence[tuple[Figure, Figure, Pair | str]], old: Result, new: Result) -> None:
    if not both:
        raise InputError(
            f"the results have no figure in common: the old one measured {', '.join(old.suites) or 'nothing'}, the new "
            f"one {', '.join(new.suites) or 'nothing'}; compare results of the same suites"
        )
    measured = [(before, pair) for before, _, pair in both if before.basis is not None]
    if measured and not any(isinstance(pair, Pair) for _, pair in measured):
        raise InputError(
            f"the results have no item in common ({_files(old)} in the old, {_files(new)} in the new): they measured "
            "other data, or measured it differently; run the suite again on the data of the other result"
        )


def _files(result: Result) -> str:
    files = [f"{name} {digest[:12]}" for name, digest in sorted(result.provenance.data.items())]
    return ", ".join(files[:3]) + (" …" if len(files) > 3 else "") if files else "no files named"
