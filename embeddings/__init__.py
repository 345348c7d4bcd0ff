"""Text → clauses → vectors → neighbours and labels."""

from .clauses import Clause, split_clauses
from .encoder import Encoder, Vectors
from .sentence_transformer import SentenceTransformerEncoder
from .vector_cache import CachedEncoder, VectorCache

__all__ = [
    "CachedEncoder",
    "Clause",
    "Encoder",
    "SentenceTransformerEncoder",
    "VectorCache",
    "Vectors",
    "split_clauses",
]
