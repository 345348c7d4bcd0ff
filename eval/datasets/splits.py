"""Splits into what models are trained on and what they are measured on: nothing is ever on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sklearn.model_selection import GroupKFold

from ...inference.insights import LabelledText
from ...inference.insights.learned_from import redacted_digests

Item = TypeVar("Item")


@dataclass(frozen=True)
class Fold(Generic[Item]):
    """One split; `name` is what is held out."""

    name: str
    train: tuple[Item, ...]
    test: tuple[Item, ...]


def group_folds(texts: Sequence[LabelledText], count: int, seed: int) -> list[Fold[LabelledText]]:
    """At most `count` folds of whole groups; a text that the test side has too is left out of training."""
    groups, words = [group_of(text) for text in texts], redacted_digests([text.text for text in texts])
    folds = GroupKFold(n_splits=min(count, len(set(groups))), shuffle=True, random_state=seed)
    found = []
    for number, (train, test) in enumerate(folds.split(groups, groups=groups)):
        tested = {words[row] for row in test}
        kept = tuple(texts[row] for row in train if words[row] not in tested)
        found.append(Fold(f"fold {number + 1}", kept, tuple(texts[row] for row in test)))
    return found


def group_of(text: LabelledText) -> str:
    """Whom a text belongs to: its group, or itself."""
    return text.owner
