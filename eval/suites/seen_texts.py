"""What a model has seen in training: nothing of it may be measured on as if it were new."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ...embeddings.trained_on import text_digest

UNKNOWN = "this model does not say what it was trained on, so some of what it is measured on may not be new to it"


def seen_in_training(texts: Sequence[str], owners: Sequence[str], trained_on: AbstractSet[int]) -> list[bool]:
    """Whether a model learned from each text (n,), or from another one here of the same owner (n,)."""
    learned = [text_digest(text) in trained_on for text in texts]
    known = {owner for owner, seen in zip(owners, learned, strict=True) if seen}
    return [owner in known for owner in owners]
