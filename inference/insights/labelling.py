"""Labels of a user's own: trained on any multi-label text, answered with the words that show each label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from ...embeddings.heads_file import FAMILIES
from ...embeddings.loading import load_encoder
from ...embeddings.model_folder import read_description
from ...embeddings.tagging import TagOptions
from ...errors import InputError
from .label_heads import KIND, LabelHeads
from .label_tagger import LabelTagger
from .labelled_text import LabelledText, label_names

LabelModel = LabelHeads | LabelTagger

ENOUGH_TO_FINE_TUNE = 12
"""Examples of the median label from which fine-tuning beats heads over a resting encoder (see docs/insights.md)."""


def is_label_model(folder: Path) -> bool:
    """Whether a model folder answers with a user's own labels; InputError if it is no model folder."""
    return read_description(folder).get("kind") == KIND


def load_label_model(folder: Path, encoder: Path | None = None) -> LabelModel:
    """Read the model folder of a user's own labels.

    Args:
        folder: of the model.
        encoder: folder of the encoder it was trained over; the default encoder's if None.

    Raises:
        InputError: a damaged folder, one of another kind, or another encoder.
    """
    description = read_description(folder)
    if description.get("kind") != KIND:
        raise InputError(f"{folder} is a model of kind {description.get('kind')!r}, not {KIND!r}")
    if FAMILIES in description:
        return LabelHeads.load(folder, load_encoder(encoder))
    return LabelTagger.load(folder, encoder)


def train_labels(
    texts: Sequence[LabelledText],
    encoder: Path | None = None,
    *,
    validation: Sequence[LabelledText] = (),
    seed: int = 7,
    seen: Callable[[int, int], None] = lambda texts, of: None,
) -> LabelModel:
    """Train what suits the number of examples: heads over the resting encoder for few, a fine-tuned reader for more.

    Args:
        texts: labelled texts.
        encoder: folder of the encoder; the default encoder's if None.
        validation: texts that choose the thresholds; groups held out of `texts` if empty.
        seed: the same seed and input give the same model.
        seen: told after every step how many texts were seen, of how many in all.

    Raises:
        InputError: no labels, or fewer than two groups to hold out.
    """
    counts = Counter(label for text in texts for label in set(text.labels))
    labels = label_names(texts)
    if sorted(counts[label] for label in labels)[len(labels) // 2] < ENOUGH_TO_FINE_TUNE:
        heads = LabelHeads.fit(texts, load_encoder(encoder), validation=validation, seed=seed)
        seen(len(texts), len(texts))
        return heads
    options = TagOptions.suited_to(encoder, seed=seed)
    return LabelTagger.fit(texts, encoder, options, validation=validation, seen=seen)
