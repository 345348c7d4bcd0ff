from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from hcplens.embeddings.features import Features, features_of
from hcplens.embeddings.lexical import LexicalFeatures

WORDS = {"cost": ("price", "copay", "budget"), "supply": ("stock", "delivery", "shortage")}


@dataclass(frozen=True)
class LabelledRows:
    """200 short texts about prices, stocks or neither, of 25 writers."""

    texts: list[str]
    features: Features
    lexical: LexicalFeatures
    targets: np.ndarray
    groups: list[str]
    documents: np.ndarray


@pytest.fixture(scope="session")
def labelled_rows(hashing_encoder) -> LabelledRows:  # type: ignore[no-untyped-def]
    random = np.random.default_rng(3)
    filler = ["doctor", "said", "today", "again", "visit", "clinic", "nurse"]
    targets = random.random((200, 2)) < 0.3
    texts = []
    for row in targets:
        words = list(random.choice(filler, 4))
        for carries, vocabulary in zip(row, WORDS.values(), strict=True):
            words += [str(random.choice(vocabulary))] if carries else []
        texts.append(" ".join(random.permutation(words)))
    lexical = LexicalFeatures.fit(texts)
    features = features_of(texts, hashing_encoder, lexical)
    return LabelledRows(texts, features, lexical, targets, [f"W{n % 25}" for n in range(200)], np.arange(200))
