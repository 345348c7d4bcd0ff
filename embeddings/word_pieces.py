"""The pieces that the default encoder knows words by."""

from __future__ import annotations

from functools import lru_cache

from tokenizers import Tokenizer

from .model_files import default_model_folder
from .sentence_transformer import encodable

LONGEST = 8
"""Pieces of a word that count: what follows says nothing new."""


def word_pieces(word: str) -> list[int]:
    """Numbers of the word's pieces in the default encoder's vocabulary, at most eight; a known word is one piece."""
    return list(_tokenizer().encode(encodable(word), add_special_tokens=False).ids[:LONGEST])


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(default_model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
