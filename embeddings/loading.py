"""Encoders and taggers as everyone uses them: with the cache on disk in front."""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import tempfile
from pathlib import Path

from ..errors import HcplensError, InputError
from ..precision import Precision
from .encoder import Encoder
from .model_files import body_digest, default_model_folder
from .remembering import CachedEncoder
from .sentence_transformer import SentenceTransformerEncoder
from .tagging import ROWS, TrainedTagger, WindowTagger
from .vector_cache import VectorCache

logger = logging.getLogger(__name__)


def load_encoder(
    folder: Path | None = None, *, precision: Precision | None = None, cache_folder: Path | None = None
) -> Encoder:
    """The default encoder, or that of a sentence-transformers folder; weights are loaded at the first new text.

    Where the user's own cache folder cannot be written, vectors are remembered until the process ends.
    """
    return _cached(SentenceTransformerEncoder(folder, precision=precision), cache_folder)


def load_window_tagger(
    trained: TrainedTagger,
    folder: Path | None = None,
    *,
    precision: Precision | None = None,
    cache_folder: Path | None = None,
) -> Encoder:
    """A trained tagger as `window_tagger` gives it, with the cache in front."""
    return _cached(window_tagger(trained, folder, precision=precision), cache_folder)


def window_tagger(
    trained: TrainedTagger, folder: Path | None = None, *, precision: Precision | None = None
) -> WindowTagger:
    """A trained tagger over the default encoder's transformer, or over that of a folder; loaded at the first text.

    Raises:
        InputError: the folder holds another transformer than the one that the tagger was trained over.
    """
    body = folder or default_model_folder()
    found = body_digest(folder)
    if found != trained.body_digest:
        raise InputError(
            f"the model was trained over the encoder with SHA-256 {trained.body_digest[:16]}…, "
            f"but {'the default encoder' if folder is None else folder} has {found[:16]}…: "
            "name the folder of the one it was trained over with --encoder"
        )
    both = f"{ROWS} {trained.digest} {found}"
    return WindowTagger(
        trained.weights,
        trained.scheme,
        body,
        digest=hashlib.sha256(both.encode()).hexdigest(),
        precision=precision,
    )


def _cached(encoder: Encoder, cache_folder: Path | None) -> Encoder:
    try:
        return CachedEncoder(encoder, VectorCache.for_encoder(encoder, cache_folder))
    except HcplensError as e:
        if cache_folder is not None or "HCPLENS_CACHE" in os.environ:
            raise
        logger.warning("%s; vectors are forgotten when this process ends", e)
        passing = tempfile.TemporaryDirectory(prefix="hcplens-")
        atexit.register(passing.cleanup)
        return CachedEncoder(encoder, VectorCache.for_encoder(encoder, Path(passing.name)))
