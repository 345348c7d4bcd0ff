"""The encoder that ships: a sentence-transformers model, run in the CPU's best precision on full batches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..precision import Precision, native_precision
from .batches import PADDED_TO, batches_by_length
from .encoder import Vectors
from .model_files import default_model_digest, default_model_folder, verified_digest
from .threads import in_threads

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TOKENS_PER_BATCH = 2048
"""Padded tokens that go through the model at once: enough to keep two cores busy, little enough for the cache."""

_TOKENIZED_AT_ONCE = 8192


class SentenceTransformerEncoder:
    """Encodes length-ordered batches of nearly equal token counts, so that almost nothing is padding.

    Args:
        folder: a sentence-transformers model folder; the default model's if none is given.
        precision: "float32" or "bfloat16"; what the CPU has natively if none is given.
        expected_digest: SHA-256 that the folder's weights must have; InputError otherwise.
    """

    def __init__(
        self,
        folder: Path | str | None = None,
        *,
        precision: Precision | None = None,
        expected_digest: str | None = None,
    ) -> None:
        self._folder = default_model_folder() if folder is None else Path(folder)
        self._digest = (
            default_model_digest(self._folder) if folder is None else verified_digest(self._folder, expected_digest)
        )
        self._precision: Precision = precision or native_precision()

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; read from the pooling layer's configuration, without loading the model."""
        try:
            configuration = json.loads((self._folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
            return int(configuration["word_embedding_dimension"])
        except (OSError, ValueError, KeyError):
            return int(self._model.get_embedding_dimension() or 0)

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self._digest

    @property
    def precision(self) -> str:
        """Arithmetic of the forward pass; vectors come as float32 in any case."""
        return self._precision

    @cached_property
    def _model(self) -> SentenceTransformer:
        """Loaded at the first text that no cache knows: importing torch takes seconds."""
        return _load(self._folder, self._precision)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension); texts beyond the model's maximum length are truncated by its tokenizer."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _TOKENIZED_AT_ONCE):
            some = [encodable(text) for text in texts[start : start + _TOKENIZED_AT_ONCE]]
            tokens = self._model.tokenizer(some, truncation=True, max_length=self._model.max_seq_length)["input_ids"]
            batches = list(batches_by_length(np.asarray([len(ids) for ids in tokens]), TOKENS_PER_BATCH))
            found = in_threads(self._encode_batch, [[tokens[text] for text in batch] for batch in batches])
            for batch, own in zip(batches, found, strict=True):
                vectors[start + batch] = own
        return vectors

    def _encode_batch(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        import torch

        with torch.inference_mode():
            batch = self._model.tokenizer.pad({"input_ids": tokens}, pad_to_multiple_of=PADDED_TO, return_tensors="pt")
            output = self._model(dict(batch))["sentence_embedding"].float()
            return np.asarray(torch.nn.functional.normalize(output, dim=1).numpy())


def encodable(text: str) -> str:
    """A lone surrogate is valid in a Python string but in no encoding: the tokenizer would refuse it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _load(folder: Path, precision: Precision) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    return SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": getattr(torch, precision)},
    ).eval()
