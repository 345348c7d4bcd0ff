"""The encoder as everyone uses it: with the cache on disk in front."""

from __future__ import annotations

import atexit
import logging
import os
import tempfile
from pathlib import Path

from ..errors import HcplensError
from .encoder import Encoder
from .precision import Precision
from .sentence_transformer import SentenceTransformerEncoder
from .vector_cache import CachedEncoder, VectorCache

logger = logging.getLogger(__name__)


def load_encoder(
    folder: Path | None = None, *, precision: Precision | None = None, cache_folder: Path | None = None
) -> Encoder:
    """The default encoder, or that of a sentence-transformers folder; weights are loaded at the first new text.

    Where the user's own cache folder cannot be written, vectors are remembered until the process ends.
    """
    encoder = SentenceTransformerEncoder(folder, precision=precision)
    try:
        return CachedEncoder(encoder, VectorCache.for_encoder(encoder, cache_folder))
    except HcplensError as e:
        if cache_folder is not None or "HCPLENS_CACHE" in os.environ:
            raise
        logger.warning("%s; vectors are forgotten when this process ends", e)
        passing = tempfile.TemporaryDirectory(prefix="hcplens-")
        atexit.register(passing.cleanup)
        return CachedEncoder(encoder, VectorCache.for_encoder(encoder, Path(passing.name)))
