"""Labels of a user's own by a fine-tuned transformer and linear heads together: the better reader of more examples.

The transformer understands, the heads know exact words: the mean of their log-odds is right more often than either
(linear pooling of log-odds: Genest and Zidek, 1986).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...embeddings.clauses import Clause, split_clauses
from ...embeddings.encoder import Encoder
from ...embeddings.loading import load_encoder, load_window_tagger, window_tagger
from ...embeddings.model_files import body_digest
from ...embeddings.tagging import (
    TaggedSpan,
    TaggedText,
    TagOptions,
    Tags,
    TagScheme,
    TrainedTagger,
    load_tagger,
    save_tagger,
    tag,
    with_claims,
)
from ...embeddings.tagging.claims import Claims
from .label_heads import KIND, LabelHeads
from .labelled_text import FoundLabel, LabelledText, label_names, label_targets, learned_from

HEADS = "heads"
"""Folder of the heads within the model's."""
HEADS_COUNT = 0.4
"""Weight of the heads' log-odds beside the transformer's (chosen on PsyTAR and CAVES, on groups held out)."""
GOES_ON = range(1000, 10_000)
"""How many texts go on from the reader of call notes that ships: fewer or more learn better from the plain encoder.

More are also learned in fewer steps. Chosen on PsyTAR, CAVES, the NHS survey and the ADE corpus, on groups held out.
"""


@dataclass(frozen=True)
class LabelTagger:
    """A trained tagger of whole texts; `tagger` reads windows of text with it, and `heads` know the same labels."""

    trained: TrainedTagger
    tagger: Encoder
    heads: LabelHeads

    @classmethod
    def load(cls, folder: Path, encoder: Path | None) -> LabelTagger:
        """Read a model folder; InputError if it is damaged, or trained over another encoder than that folder's."""
        trained = load_tagger(folder)
        tagger = load_window_tagger(trained, encoder)
        return cls(trained, tagger, LabelHeads.load(folder / HEADS, load_encoder(encoder)))

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

        labels = label_names(texts)
        options = options or TagOptions.suited_to(encoder)
        learned, held_out = texts, validation
        if not validation:
            learned, held_out = divided(texts, [text.owner for text in texts], options.seed)
        heads = LabelHeads.fit(_apart(learned), load_encoder(encoder), labels=labels, seed=options.seed)
        scheme = TagScheme(tuple(labels))
        families = [np.arange(len(labels))]
        if len(learned) >= GOES_ON.stop:
            options = options.for_many_texts()
        start, known = _reader_of_notes(encoder) if len(learned) in GOES_ON else ({}, frozenset())
        trained = fit_tagger(
            _tagged(learned, scheme),
            scheme,
            encoder,
            families,
            options,
            held_out=_tagged(held_out, scheme),
            start=start,
            trained_on=learned_from((*texts, *validation)) | known,
            seen=seen,
        )
        together = cls(trained, window_tagger(trained, encoder), heads)
        words = [text.text for text in held_out]
        log_odds = together._log_odds(words, tag(words, together.tagger, scheme))
        claims = Claims.fit(log_odds, label_targets(held_out, labels), families)
        return replace(together, trained=with_claims(trained, claims))

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
        """Write `weights.safetensors` and `model.json`, and the heads in a folder below."""
        save_tagger(folder, self.trained, {"kind": KIND})
        (folder / HEADS).mkdir()
        self.heads.save(folder / HEADS)

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Calibrated probabilities (n, labels)."""
        return self._probabilities(texts, tag(texts, self.tagger, self.trained.scheme))

    def annotate(self, texts: Sequence[str]) -> list[list[FoundLabel]]:
        """The labels claimed of each text, likeliest first; each with the clause of its most telling words."""
        tags = tag(texts, self.tagger, self.trained.scheme)
        probabilities = self._probabilities(texts, tags)
        claimed = probabilities >= self.thresholds
        return [
            self._found(text, probabilities[row], claimed[row], tags.spans[row]) if claimed[row].any() else []
            for row, text in enumerate(texts)
        ]

    def _probabilities(self, texts: Sequence[str], tags: Tags) -> NDArray[np.float64]:
        return self.trained.claims.probabilities(self._log_odds(texts, tags))

    def _log_odds(self, texts: Sequence[str], tags: Tags) -> NDArray[np.float64]:
        """Of both readers together (n, labels); the transformer's alone where the heads know nothing of a label."""
        by_heads = self.heads.log_odds(texts)
        both = (1.0 - HEADS_COUNT) * tags.log_odds + HEADS_COUNT * np.where(np.isfinite(by_heads), by_heads, 0.0)
        return np.where(np.isfinite(by_heads), both, tags.log_odds)

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


def _reader_of_notes(encoder: Path | None) -> tuple[Mapping[str, NDArray[Any]], AbstractSet[int]]:
    """Body of the reader of call notes that ships, and digests of what it learned from; nothing over other encoders."""
    from ...embeddings.tagging.weights import BODY

    with as_file(files(__package__) / "model") as folder:
        reader = load_tagger(folder)
    if reader.body_digest != body_digest(encoder):
        return {}, frozenset()
    return {name: array for name, array in reader.weights.items() if name.startswith(BODY)}, reader.trained_on


def _apart(texts: Sequence[LabelledText]) -> list[LabelledText]:
    """The texts without their groups: how sure the heads are on their own, which groups are for, does not count."""
    return [text.model_copy(update={"group": None}) for text in texts]


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
