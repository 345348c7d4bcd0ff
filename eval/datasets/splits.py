"""Splits into what heads are trained on and what they are measured on: nothing is ever on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sklearn.model_selection import GroupKFold

from ...inference.insights import GoldNote, LabelledText

Item = TypeVar("Item")


@dataclass(frozen=True)
class Fold(Generic[Item]):
    """One split; `name` is what is held out."""

    name: str
    train: tuple[Item, ...]
    test: tuple[Item, ...]


def brand_folds(tested: Sequence[GoldNote], pool: Sequence[GoldNote]) -> list[Fold[GoldNote]]:
    """A fold a brand of the tested notes: trained on the pool's notes of other brands.

    No physician and no text of the test side is on the training side, whatever the brand.
    """
    folds = []
    for brand in sorted({note.brand or "" for note in tested}):
        test = tuple(note for note in tested if (note.brand or "") == brand)
        physicians, texts = {note.hcp_id for note in test}, {note.text for note in test}
        train = tuple(
            note
            for note in pool
            if (note.brand or "") != brand and note.hcp_id not in physicians and note.text not in texts
        )
        folds.append(Fold(brand, train, test))
    return folds


def group_folds(texts: Sequence[LabelledText], count: int, seed: int) -> list[Fold[LabelledText]]:
    """At most `count` folds of whole groups; a text that the test side has too is left out of training."""
    groups = [group_of(text) for text in texts]
    folds = GroupKFold(n_splits=min(count, len(set(groups))), shuffle=True, random_state=seed)
    found = []
    for number, (train, test) in enumerate(folds.split(groups, groups=groups)):
        words = {texts[row].text for row in test}
        kept = tuple(texts[row] for row in train if texts[row].text not in words)
        found.append(Fold(f"fold {number + 1}", kept, tuple(texts[row] for row in test)))
    return found


def group_of(text: LabelledText) -> str:
    """Whom a text belongs to: its group, or itself."""
    return str(text.id if text.group is None else text.group)
