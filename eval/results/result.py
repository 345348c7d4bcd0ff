"""Everything one evaluation found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import InputError
from .figure import Figure, ItemSet
from .pictures import Confusion, Example, Reliability


@dataclass(frozen=True)
class Provenance:
    """Where the figures come from.

    Attributes:
        version: of hcplens.
        created_at: ISO time, UTC.
        seconds: how long it took.
        data: name and SHA-256 of every file measured on.
        model: what was measured, with its digest.
        encoder: digest of the encoder.
        scored_by: per item set, how it was kept apart from training, in plain words.
        notices: what a reader must know: synthetic data, suites left out, too few clusters.
    """

    version: str
    created_at: str
    seconds: float
    data: Mapping[str, str]
    model: str
    encoder: str
    scored_by: Mapping[str, str]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """Figures, what they were computed from, and pictures."""

    provenance: Provenance
    item_sets: tuple[ItemSet, ...]
    figures: tuple[Figure, ...]
    reliability: tuple[Reliability, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def suites(self) -> list[str]:
        """The suites that were run, in order."""
        return list(dict.fromkeys(figure.suite for figure in self.figures))

    def figure(self, key: str) -> Figure:
        """The figure of that key; raises InputError that names the keys there are."""
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise InputError(f"no figure {key!r}; there are {_listed([figure.key for figure in self.figures])}")

    def item_set(self, name: str) -> ItemSet:
        """The item set of that name."""
        for items in self.item_sets:
            if items.name == name:
                return items
        raise InputError(f"no item set {name!r}; there are {_listed([items.name for items in self.item_sets])}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:30]) + (" …" if len(names) > 30 else "")
