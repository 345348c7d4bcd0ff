"""The encoder as everyone uses it: with the cache on disk in front."""

from __future__ import annotations

from pathlib import Path

from .encoder import Encoder
from .precision import Precision
from .sentence_transformer import SentenceTransformerEncoder
from .vector_cache import CachedEncoder, VectorCache


def load_encoder(
    folder: Path | None = None, *, precision: Precision | None = None, cache_folder: Path | None = None
) -> Encoder:
    """The default encoder, or that of a sentence-transformers folder; weights are loaded at the first new text."""
    encoder = SentenceTransformerEncoder(folder, precision=precision)
    return CachedEncoder(encoder, VectorCache.for_encoder(encoder, cache_folder))
