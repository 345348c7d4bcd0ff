"""The searches that hcplens has: by vectors, by words, and by both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...embeddings import Encoder, Vectors
from ...embeddings.bm25 import LexicalIndex
from ...embeddings.fusion import fuse
from ...inference.progress import Done
from ..metrics import best_first
from .retrieval_task import RetrievalTask, Shelf

SYSTEMS = ("dense", "bm25", "fused")
DEPTH = 100
_TEXTS_AT_ONCE = 1024

Rankings = dict[str, list[list[str]]]
"""By system the ids of the documents found for each query, best first."""


def search(task: RetrievalTask, encoder: Encoder, done: Done) -> Rankings:
    """What each system finds for the queries of a task, DEPTH documents each; `done` hears of texts encoded.

    A document with a query's own id is that query, and never found for it (as BEIR has it).
    """
    rankings: Rankings = {system: [] for system in SYSTEMS}
    for shelf in task.shelves:
        for found in _found(shelf, encoder, done):
            for system in SYSTEMS:
                rankings[system].append(found[system])
    return rankings


def texts_to_encode(task: RetrievalTask) -> int:
    """How many texts `search` encodes."""
    return sum(len(shelf.documents) + len(shelf.queries) for shelf in task.shelves)


def _found(shelf: Shelf, encoder: Encoder, done: Done) -> Iterator[dict[str, list[str]]]:
    ids = list(shelf.documents)
    row_of = {document_id: row for row, document_id in enumerate(ids)}
    documents = _encoded(list(shelf.documents.values()), encoder, done)
    queries = _encoded([query.text for query in shelf.queries], encoder, done)
    words = LexicalIndex(list(shelf.documents.values()))
    for query, vector in zip(shelf.queries, queries, strict=True):
        dense = documents @ vector
        lexical = words.scores(query.text)
        fused = fuse(dense[None], lexical[None])[0]
        lexical[lexical <= 0] = -np.inf  # no word shared: not found
        if (itself := row_of.get(query.id)) is not None:
            dense[itself] = lexical[itself] = fused[itself] = -np.inf
        yield {
            "dense": best_first(ids, dense, DEPTH),
            "bm25": best_first(ids, lexical, DEPTH),
            "fused": best_first(ids, fused, DEPTH),
        }


def _encoded(texts: list[str], encoder: Encoder, done: Done) -> Vectors:
    parts = []
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        parts.append(encoder.encode(texts[start : start + _TEXTS_AT_ONCE]))
        done(len(parts[-1]))
    return np.concatenate(parts)
