"""How a tagger is trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..model_files import WEIGHTS, default_model_folder

_LARGE = 200_000_000
"""Bytes of weights from which a body is too large to train, keep and ship whole."""


@dataclass(frozen=True)
class TagOptions:
    """How a tagger is trained.

    Attributes:
        epochs: how often every text is seen.
        least_steps: of few texts each is seen more often, until there are so many steps.
        batch: texts a step.
        rate: highest learning rate of the body.
        head_rate: that of the heads.
        rank: of the adapters; None trains the whole body except its word embeddings.
        evidence: weight of the token head's loss and of the attention's, where words are marked.
        runs: weight of the loss of whole quotes: the marked run of tokens against every other.
        choice: weight of the loss of choices.
        dropout: in the heads.
        hidden: share of words that are hidden from the network in training.
        memory: share that one step leaves of the running mean of the weights, which is what training gives.
        seed: of everything drawn at random.
    """

    epochs: int = 4
    least_steps: int = 200
    batch: int = 16
    rate: float = 1.5e-4
    head_rate: float = 2e-3
    rank: int | None = None
    evidence: float = 1.0
    runs: float = 0.2
    choice: float = 0.5
    dropout: float = 0.15
    hidden: float = 0.05
    memory: float = 0.998
    seed: int = 7

    def for_lessons(self) -> TagOptions:
        """How it goes on with what a stronger reader says: from where it stands, in smaller steps."""
        return replace(self, epochs=4, least_steps=1, rate=self.rate / 2, head_rate=self.head_rate / 2)

    def for_further_texts(self) -> TagOptions:
        """How a trained tagger learns from more texts, perhaps few: in steps that are too small to forget by."""
        return replace(self, epochs=4, least_steps=1, rate=self.rate / 5, head_rate=self.head_rate / 5)

    def for_many_texts(self) -> TagOptions:
        """How labels of many thousands of texts are learned: in fewer and smaller steps; by adapters as of few."""
        if self.rank is not None:
            return self
        return replace(self, epochs=3, batch=32, rate=self.rate / 1.5, head_rate=self.head_rate / 2)

    @classmethod
    def suited_to(cls, encoder: Path | None, *, seed: int = 7) -> TagOptions:
        """The recipe for an encoder's folder (the default encoder's if None): a large body learns through adapters."""
        weights = (encoder or default_model_folder()) / WEIGHTS
        if weights.is_file() and weights.stat().st_size > _LARGE:
            return cls(epochs=2, rate=5e-4, rank=32, seed=seed)
        return cls(seed=seed)
