from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.tagging import TaggedSpan, TaggedText, TagOptions, TagScheme, TrainedTagger, WindowTagger
from hcplens.embeddings.tagging.fitting import fit_tagger

SCHEME = TagScheme(("cost", "supply", "email"), (("now", "past"),), chosen=2)
FAMILIES = [np.arange(2), np.arange(2, 3)]
QUICK = TagOptions(epochs=16, least_steps=0, rate=5e-3, head_rate=1e-2, memory=0.0)
WORDS = {
    (0, 0): ("price is too high", "copay is a burden"),
    (0, 1): ("price was too high", "copay was a burden"),
    (1, 0): ("pharmacy is out of stock", "delivery is late"),
    (1, 1): ("pharmacy was out of stock", "delivery was late"),
    (2, None): ("prefers an email",),
}
FILLER = ("saw the doctor today", "nurse was kind", "back next week", "short visit", "talked about the weather")


def labelled(count: int, groups: int = 8, seed: int = 1) -> list[TaggedText]:
    """Texts of a few pieces each, some of which show a label."""
    random = np.random.default_rng(seed)
    texts = []
    for number in range(count):
        carried = [label for label in range(3) if random.random() < 0.4]
        text, spans = str(random.choice(FILLER)), []
        for label in carried:
            choice = None if label == 2 else int(random.integers(2))
            words = str(random.choice(WORDS[label, choice]))
            start = len(text) + 2
            text += ", " + words
            spans.append(TaggedSpan(label, start, start + len(words), () if choice is None else (choice,)))
        texts.append(TaggedText(text + ", " + str(random.choice(FILLER)), tuple(spans), f"G{number % groups}"))
    return texts


@pytest.fixture(scope="session")
def trained(tiny_encoder: Path) -> TrainedTagger:
    """A tagger that has learned what `labelled` writes."""
    texts = labelled(160)
    return fit_tagger(texts[:140], SCHEME, tiny_encoder, FAMILIES, QUICK, held_out=texts[140:])


@pytest.fixture(scope="session")
def tagger(trained: TrainedTagger, tiny_encoder: Path) -> WindowTagger:
    """The trained tagger in full precision."""
    return WindowTagger(trained.weights, trained.scheme, tiny_encoder, digest="d", precision="float32")
