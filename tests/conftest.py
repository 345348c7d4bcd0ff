from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from hcplens.embeddings import SentenceTransformerEncoder, Vectors
from hcplens.inference.insights import GoldNote, InsightModel, read_gold, train_insights
from hcplens.prompts import Taxonomy

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

GOLD = Path(__file__).parent.parent / "eval" / "gold"


class HashingEncoder:
    """Signed word counts in 64 places: an encoder for tests that need vectors of texts, not their meaning."""

    dimension = 64
    digest = "hashing".ljust(64, "0")
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split() or [""]:
                digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=2).digest()
                vectors[row, digest[0] % self.dimension] += 1 if digest[1] % 2 else -1
            if not vectors[row].any():
                vectors[row, 0] = 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture(scope="session")
def hashing_encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def default_encoder() -> SentenceTransformerEncoder:
    """The encoder that ships, in float32; loaded once for all tests."""
    return SentenceTransformerEncoder(precision="float32")


@pytest.fixture(scope="session")
def gold_notes() -> list[GoldNote]:
    """A small part of the labelled notes."""
    return read_gold([GOLD / "notes_a.jsonl"])[:45]


@pytest.fixture(scope="session")
def small_model(gold_notes: list[GoldNote], hashing_encoder: HashingEncoder) -> InsightModel:
    """Heads over the hashing encoder."""
    return train_insights(gold_notes, Taxonomy.default(), hashing_encoder)
