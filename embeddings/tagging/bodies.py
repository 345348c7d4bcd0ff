"""The transformer under a tagger, from a sentence-transformers folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer, PreTrainedModel
from transformers.utils.logging import disable_progress_bar


def load_body(folder: Path, dtype: torch.dtype = torch.float32) -> PreTrainedModel:
    """The transformer of a folder, without a pooling layer.

    Its attention is the plain one: on a CPU and for texts as short as notes it is faster than the fused ones.
    """
    disable_progress_bar()  # type: ignore[no-untyped-call]
    body = AutoModel.from_pretrained(str(folder), local_files_only=True, dtype=dtype, attn_implementation="eager")
    if getattr(body, "pooler", None) is not None:
        body.pooler = None
    return cast(PreTrainedModel, body)


def still(body: PreTrainedModel) -> PreTrainedModel:
    """The body without its own dropout: hidden words and dropout in the heads cost less and do as much."""
    for module in body.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return body


def load_tokenizer(folder: Path) -> Any:
    """The fast tokenizer of a folder."""
    return AutoTokenizer.from_pretrained(str(folder), local_files_only=True)


def word_embeddings(body: PreTrainedModel) -> nn.Module:
    """The table of word vectors: half the weights of a small model, and never trained."""
    return body.get_input_embeddings()
