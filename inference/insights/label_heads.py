"""Labels of a user's own by linear heads over a resting encoder: for few examples, and trained in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...embeddings.calibration import best_threshold
from ...embeddings.clauses import Clause, split_clauses
from ...embeddings.encoder import Encoder
from ...embeddings.features import features_of
from ...embeddings.heads import HeadOptions, LinearHeads, Scores, fit_heads
from ...embeddings.heads_file import load_heads, save_heads
from ...embeddings.lexical import LexicalFeatures
from ...errors import InputError
from .labelled_text import FoundLabel, LabelledText, label_names, label_targets, learned_from

KIND = "labels"


@dataclass(frozen=True)
class LabelHeads:
    """Heads over whole texts.

    `trained_on` are digests of the texts they learned from or that set their thresholds, and of their groups; empty
    where the model does not say.
    """

    encoder: Encoder
    lexical: LexicalFeatures
    heads: LinearHeads
    trained_on: frozenset[int] = frozenset()

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> LabelHeads:
        """Read a model folder; InputError if it is damaged, or trained over another encoder."""
        loaded = load_heads(folder)
        if encoder.digest != str(loaded.description["encoder_digest"]):
            raise InputError(f"{folder} was trained over another encoder: name the one it was trained with")
        return cls(encoder, loaded.lexical, loaded.families[KIND], loaded.trained_on)

    @classmethod
    def fit(
        cls,
        texts: Sequence[LabelledText],
        encoder: Encoder,
        *,
        labels: Sequence[str] = (),
        validation: Sequence[LabelledText] = (),
        seed: int = 7,
    ) -> LabelHeads:
        """Fit a head a label; thresholds come from the validation texts, or from groups held out in turn.

        Args:
            texts: labelled texts.
            encoder: what turns them into vectors.
            labels: what to answer with; all that occur in the texts if empty.
            validation: texts that choose the thresholds.
            seed: of the groups held out.

        Raises:
            InputError: no labels, or fewer than two groups to hold out.
        """
        labels = labels or label_names(texts)
        words = [text.text for text in texts]
        lexical = LexicalFeatures.fit(words)
        heads = fit_heads(
            features_of(words, encoder, lexical),
            label_targets(texts, labels),
            labels,
            groups=[text.owner for text in texts],
            documents=np.arange(len(texts)),
            options=HeadOptions(seed=seed),
        )
        if validation:
            scores = heads.probabilities(features_of([text.text for text in validation], encoder, lexical))
            thresholds = best_threshold(scores, label_targets(validation, labels), np.arange(len(validation)))
            heads = replace(heads, thresholds=thresholds)
        return cls(encoder, lexical, heads, learned_from((*texts, *validation)))

    @property
    def labels(self) -> tuple[str, ...]:
        """Their names, in the order of the columns."""
        return self.heads.labels

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The probability (labels,) from which each is claimed."""
        return self.heads.thresholds

    def save(self, folder: Path) -> None:
        """Write `heads.safetensors` and `model.json`."""
        description = {"kind": KIND, "encoder_digest": self.encoder.digest}
        save_heads(folder, self.lexical, {KIND: self.heads}, description, self.trained_on)

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """Calibrated probabilities (n, labels)."""
        return self.heads.probabilities(features_of(texts, self.encoder, self.lexical))

    def log_odds(self, texts: Sequence[str]) -> Scores:
        """Uncalibrated log-odds (n, labels); minus infinity of a label that training hardly saw."""
        return self.heads.log_odds(features_of(texts, self.encoder, self.lexical))

    def annotate(self, texts: Sequence[str]) -> list[list[FoundLabel]]:
        """The labels claimed of each text, likeliest first; each with its most telling clause."""
        scores = self.probabilities(texts)
        claimed = scores >= self.heads.thresholds
        clauses = [
            (split_clauses(text) or [Clause(0, len(text))]) if mask.any() else []
            for text, mask in zip(texts, claimed, strict=True)
        ]
        pieces = [text[start:end] for text, some in zip(texts, clauses, strict=True) for start, end in some]
        by_clause = self.heads.log_odds(features_of(pieces, self.encoder, self.lexical))
        firsts = np.cumsum([0, *map(len, clauses)])
        return [
            self._found(text, scores[row], claimed[row], clauses[row], by_clause[firsts[row] : firsts[row + 1]])
            for row, text in enumerate(texts)
        ]

    def _found(
        self, text: str, scores: np.ndarray, claimed: np.ndarray, clauses: Sequence[Clause], by_clause: np.ndarray
    ) -> list[FoundLabel]:
        found = []
        for column in np.flatnonzero(claimed):
            start, end = clauses[int(by_clause[:, column].argmax())]
            label = self.heads.labels[column]
            found.append(FoundLabel(label, float(scores[column]), start, end, text[start:end]))
        return sorted(found, key=lambda label: (-label.probability, label.label))
