"""Labels of a user's own: trained on any multi-label text, answered with the clause that shows each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from ...embeddings.calibration import best_threshold
from ...embeddings.clauses import Clause, split_clauses
from ...embeddings.encoder import Encoder
from ...embeddings.features import features_of
from ...embeddings.heads import HeadOptions, LinearHeads, Scores, fit_heads
from ...embeddings.heads_file import HeadsModel, load_heads, read_description, save_heads
from ...embeddings.lexical import LexicalFeatures
from ...errors import InputError
from .gold import read_json_lines
from .learned_from import group_digest, redacted_digest

KIND = "labels"


class LabelledText(BaseModel):
    """One text and its labels; `group` is who wrote it (a group is never on both sides of a split)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    text: str
    labels: tuple[str, ...] = ()
    group: str | int | None = None

    @property
    def owner(self) -> str:
        """Whom it belongs to: its group, or itself; a text 5 without a group is apart from the group 5."""
        return f"text {self.id}" if self.group is None else f"group {self.group}"


@dataclass(frozen=True)
class FoundLabel:
    """A label that is claimed, and the clause that shows it best."""

    label: str
    probability: float
    start: int
    end: int
    evidence: str

    def to_json(self) -> dict[str, Any]:
        """One element of `labels`."""
        return {**vars(self), "probability": round(self.probability, 4)}


@dataclass(frozen=True)
class LabelModel:
    """Heads over whole texts for a user's own labels.

    `trained_on` are digests of the texts they learned from or that set their thresholds, and of their groups; empty
    where the model does not say.
    """

    encoder_digest: str
    lexical: LexicalFeatures
    heads: LinearHeads
    trained_on: frozenset[int] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> LabelModel:
        """Read a model folder; InputError if it is damaged or of another kind."""
        loaded = load_heads(folder)
        if loaded.description.get("kind") != KIND:
            raise InputError(f"{folder} is a model of kind {loaded.description.get('kind')!r}, not {KIND!r}")
        return cls.from_heads(loaded)

    @classmethod
    def from_heads(cls, loaded: HeadsModel) -> LabelModel:
        """From a loaded folder."""
        encoder_digest = str(loaded.description["encoder_digest"])
        return cls(encoder_digest, loaded.lexical, loaded.families[KIND], loaded.trained_on)

    def save(self, folder: Path) -> None:
        """Write `heads.safetensors` and `model.json`."""
        description = {"kind": KIND, "encoder_digest": self.encoder_digest}
        save_heads(folder, self.lexical, {KIND: self.heads}, description, self.trained_on)

    def probabilities(self, texts: Sequence[str], encoder: Encoder) -> Scores:
        """Calibrated probabilities (n, labels), labels as in `heads`; InputError if it is another encoder."""
        if encoder.digest != self.encoder_digest:
            raise InputError("this model was trained over another encoder: name the one it was trained with")
        return self.heads.probabilities(features_of(texts, encoder, self.lexical))

    def annotate(self, texts: Sequence[str], encoder: Encoder) -> list[list[FoundLabel]]:
        """The labels claimed of each text, likeliest first; each with its most telling clause."""
        scores = self.probabilities(texts, encoder)
        claimed = scores >= self.heads.thresholds
        clauses = [
            (split_clauses(text) or [Clause(0, len(text))]) if mask.any() else []
            for text, mask in zip(texts, claimed, strict=True)
        ]
        pieces = [text[start:end] for text, some in zip(texts, clauses, strict=True) for start, end in some]
        by_clause = self.heads.log_odds(features_of(pieces, encoder, self.lexical))
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


def is_label_model(folder: Path) -> bool:
    """Whether a model folder answers with a user's own labels; InputError if it is no model folder."""
    return read_description(folder).get("kind") == KIND


def read_labelled(path: Path) -> list[LabelledText]:
    """Texts of a JSONL file; InputError names file, line and field."""
    texts = []
    for number, record in read_json_lines(path):
        try:
            texts.append(LabelledText.model_validate(record))
        except ValidationError as e:
            problem = e.errors()[0]
            raise InputError(f"{path} line {number}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from e
    return texts


def train_labels(
    texts: Sequence[LabelledText], encoder: Encoder, *, validation: Sequence[LabelledText] = (), seed: int = 7
) -> LabelModel:
    """Fit a head a label; thresholds come from the validation texts, or from groups held out in turn.

    Raises:
        InputError: no labels, or fewer than two groups to hold out.
    """
    labels = sorted({label for text in texts for label in text.labels})
    groups = [text.owner for text in texts]
    if not labels or len(set(groups)) < 2:
        raise InputError("training needs texts with labels, of at least two groups")
    words = [text.text for text in texts]
    lexical = LexicalFeatures.fit(words)
    heads = fit_heads(
        features_of(words, encoder, lexical),
        _targets(texts, labels),
        labels,
        groups=groups,
        documents=np.arange(len(texts)),
        options=HeadOptions(seed=seed),
    )
    if validation:
        scores = heads.probabilities(features_of([text.text for text in validation], encoder, lexical))
        thresholds = best_threshold(scores, _targets(validation, labels), np.arange(len(validation)))
        heads = replace(heads, thresholds=thresholds)
    used = (*texts, *validation)
    trained_on = frozenset(redacted_digest(text.text) for text in used)
    trained_on |= {group_digest(text.group) for text in used if text.group is not None}
    return LabelModel(encoder.digest, lexical, heads, trained_on)


def _targets(texts: Sequence[LabelledText], labels: Sequence[str]) -> np.ndarray:
    targets = np.zeros((len(texts), len(labels)), dtype=np.bool_)
    column = {label: i for i, label in enumerate(labels)}
    for row, text in enumerate(texts):
        for label in text.labels:
            if label in column:
                targets[row, column[label]] = True
    return targets
