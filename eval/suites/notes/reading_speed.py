"""How many notes are read a second."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ....embeddings import CachedEncoder
from ....inference.insights import Annotator, GoldNote, InsightModel
from ...results import Figure, reading


def reading_speed(suite: str, notes: Sequence[GoldNote], model: InsightModel) -> Figure:
    """Notes annotated a second, on this machine and now; with a cache, after every note is in it."""
    annotator, texts = Annotator(model), [note.text for note in notes]
    begun = time.perf_counter()
    annotator.annotate(texts)
    seconds = time.perf_counter() - begun
    cached = isinstance(model.tagger, CachedEncoder)
    note = "what was read before comes from a warm cache" if cached else "every note is read anew: there is no cache"
    return reading(suite, "notes read a second", len(notes) / seconds, items=len(notes), better="higher", note=note)
