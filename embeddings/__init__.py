"""Text → clauses → vectors → neighbours and labels."""

from .clauses import Clause, split_clauses
from .encoder import Encoder, Vectors
from .remembering import CachedEncoder, KnownVectors
from .sentence_transformer import SentenceTransformerEncoder
from .vector_cache import VectorCache

__all__ = [
    "CachedEncoder",
    "Clause",
    "Encoder",
    "KnownVectors",
    "SentenceTransformerEncoder",
    "VectorCache",
    "Vectors",
    "split_clauses",
]
