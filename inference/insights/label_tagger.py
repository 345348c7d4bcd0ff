"""Labels of a user's own by a fine-tuned transformer: the better reader where there are enough examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...embeddings.clauses import Clause, split_clauses
from ...embeddings.encoder import Encoder
from ...embeddings.loading import load_window_tagger, window_tagger
from ...embeddings.tagging import (
    TaggedSpan,
    TaggedText,
    TagOptions,
    TagScheme,
    TrainedTagger,
    load_tagger,
    save_tagger,
    tag,
)
from .label_heads import KIND
from .labelled_text import FoundLabel, LabelledText, label_names, learned_from


@dataclass(frozen=True)
class LabelTagger:
    """A trained tagger of whole texts; `tagger` reads windows of text with it."""

    trained: TrainedTagger
    tagger: Encoder

    @classmethod
    def load(cls, folder: Path, encoder: Path | None) -> LabelTagger:
        """Read a model folder; InputError if it is damaged, or trained over another encoder than that folder's."""
        trained = load_tagger(folder)
        return cls(trained, load_window_tagger(trained, encoder))

    @classmethod
    def fit(
        cls,
        texts: Sequence[LabelledText],
        encoder: Path | None,
        options: TagOptions | None = None,
        *,
        validation: Sequence[LabelledText] = (),
        seen: Callable[[int, int], None] = lambda texts, of: None,
    ) -> LabelTagger:
        """Fine-tune; calibration and thresholds come from the validation texts, or from groups held out.

        Raises:
            InputError: no labels, or fewer than two groups to hold out.
        """
        from ...embeddings.tagging.fitting import divided, fit_tagger

        scheme = TagScheme(tuple(label_names(texts)))
        options = options or TagOptions.suited_to(encoder)
        learned, held_out = _tagged(texts, scheme), _tagged(validation, scheme)
        if not held_out:
            learned, held_out = divided(learned, options.seed)
        trained = fit_tagger(
            learned,
            scheme,
            encoder,
            [np.arange(len(scheme.labels))],
            options,
            held_out=held_out,
            trained_on=learned_from((*texts, *validation)),
            seen=seen,
        )
        return cls(trained, window_tagger(trained, encoder))

    @property
    def labels(self) -> tuple[str, ...]:
        """Their names, in the order of the columns."""
        return self.trained.scheme.labels

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The probability (labels,) from which each is claimed."""
        return self.trained.claims.thresholds

    @property
    def trained_on(self) -> frozenset[int]:
        """Digests of the texts it learned from or that set its thresholds, and of their groups."""
        return frozenset(self.trained.trained_on)

    def save(self, folder: Path) -> None:
        """Write `weights.safetensors` and `model.json`."""
        save_tagger(folder, self.trained, {"kind": KIND})

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Calibrated probabilities (n, labels)."""
        return self.trained.claims.probabilities(tag(texts, self.tagger, self.trained.scheme).log_odds)

    def annotate(self, texts: Sequence[str]) -> list[list[FoundLabel]]:
        """The labels claimed of each text, likeliest first; each with the clause of its most telling words."""
        tags = tag(texts, self.tagger, self.trained.scheme)
        probabilities = self.trained.claims.probabilities(tags.log_odds)
        claimed = probabilities >= self.thresholds
        return [
            self._found(text, probabilities[row], claimed[row], tags.spans[row]) if claimed[row].any() else []
            for row, text in enumerate(texts)
        ]

    def _found(
        self,
        text: str,
        probabilities: NDArray[np.float64],
        claimed: NDArray[np.bool_],
        spans: NDArray[np.int64],
    ) -> list[FoundLabel]:
        clauses = split_clauses(text) or [Clause(0, len(text))]
        found = []
        for column in map(int, np.flatnonzero(claimed)):
            start, end = _clause_of(clauses, *map(int, spans[column]))
            found.append(FoundLabel(self.labels[column], float(probabilities[column]), start, end, text[start:end]))
        return sorted(found, key=lambda label: (-label.probability, label.label))


def _clause_of(clauses: Sequence[Clause], start: int, end: int) -> Clause:
    """The clause that words lie in, or most of them."""
    return max(clauses, key=lambda clause: min(end, clause.end) - max(start, clause.start))


def _tagged(texts: Sequence[LabelledText], scheme: TagScheme) -> list[TaggedText]:
    column = {label: number for number, label in enumerate(scheme.labels)}
    return [
        TaggedText(
            text.text, tuple(TaggedSpan(column[label]) for label in sorted({*text.labels} & column.keys())), text.owner
        )
        for text in texts
    ]
