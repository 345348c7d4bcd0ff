"""Splits into what heads are trained on and what they are measured on: nothing is ever on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sklearn.model_selection import GroupKFold

from ...embeddings.trained_on import plain_form
from ...inference.insights import GoldNote, LabelledText
from ...inference.insights.learned_from import redacted_digest

Item = TypeVar("Item")


@dataclass(frozen=True)
class Fold(Generic[Item]):
    """One split; `name` is what is held out."""

    name: str
    train: tuple[Item, ...]
    test: tuple[Item, ...]


@dataclass(frozen=True)
class _Origin:
    """Brands and physicians that a note is of, in plain form; it is held out with the first of its brands."""

    brands: tuple[str, ...]
    physicians: frozenset[str]
    digest: int


def brand_folds(tested: Sequence[GoldNote], pool: Sequence[GoldNote]) -> list[Fold[GoldNote]]:
    """A fold a brand of the tested notes: trained on the pool's notes of other brands.

    No physician and no text of the test side is on the training side, whatever the brand. Brand and physician of a text
    that the pool has are those of the pool, so that a copy under another name is held out just as well.
    """
    known = [_own(note) for note in pool]
    origins = _origins([_own(note) for note in tested], known)
    folds = []
    for brand in sorted({origin.brands[0] for origin in origins}):
        held = [row for row, origin in enumerate(origins) if origin.brands[0] == brand]
        brands = {name for row in held for name in origins[row].brands}
        physicians = frozenset[str]().union(*(origins[row].physicians for row in held))
        texts = {origins[row].digest for row in held}
        train = tuple(
            note
            for note, of in zip(pool, known, strict=True)
            if not (of.physicians & physicians or of.digest in texts or brands.intersection(of.brands))
        )
        folds.append(Fold(brand, train, tuple(tested[row] for row in held)))
    return folds


def _own(note: GoldNote) -> _Origin:
    """What a note says of itself."""
    return _Origin((plain_form(note.brand or ""),), frozenset({plain_form(note.hcp_id)}), redacted_digest(note.text))


def _origins(tested: Sequence[_Origin], pool: Sequence[_Origin]) -> list[_Origin]:
    """What the pool says of the tested notes; their physicians are whoever wrote any text that is under their name."""
    by_text: dict[int, list[_Origin]] = {}
    for origin in pool:
        by_text.setdefault(origin.digest, []).append(origin)
    writers: dict[str, set[str]] = {}
    for origin in tested:
        for name in origin.physicians:
            of_pool = (known.physicians for known in by_text.get(origin.digest, ()))
            writers.setdefault(name, {name}).update(*of_pool)
    found = []
    for origin in tested:
        brands = {brand for known in by_text.get(origin.digest, ()) for brand in known.brands}
        physicians = frozenset[str]().union(*(writers[name] for name in origin.physicians))
        kept = brands.intersection(origin.brands) or brands or origin.brands
        found.append(_Origin(tuple(sorted(kept)), physicians, origin.digest))
    return found


def group_folds(texts: Sequence[LabelledText], count: int, seed: int) -> list[Fold[LabelledText]]:
    """At most `count` folds of whole groups; a text that the test side has too is left out of training."""
    groups, words = [group_of(text) for text in texts], [redacted_digest(text.text) for text in texts]
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
