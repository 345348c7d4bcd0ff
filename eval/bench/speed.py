"""`annotate` against stock sentence-transformers on the same notes in the same run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ...embeddings import split_clauses
from ...embeddings.model_files import default_model_folder
from ...inference.annotating import annotate_file
from ...inference.insights import Annotator, InsightModel, PicklistReader
from ...inference.progress import QuietReporter
from .recombined import recombined_notes, with_unique_clauses, write_notes

NOTES = 5000
UNIQUE_NOTES = 1000
CHANGED_SHARE = 0.01
WARM_UP = [
    "Warm up.",
    "Pt Kev Miller, 61, was dizzy, ask Liam about it.",
    "Sie wünscht sich lieber eine E-Mail im Monat.",
]
"""Texts that every model reads: the one of insights, both finders of identifiers, the one that tells languages."""


@dataclass(frozen=True)
class Speed:
    """Notes per second; `distinct_clauses` is the share of clauses that occur for the first time."""

    stock: float
    cold: float
    rerun: float
    distinct_clauses: float
    stock_unique: float
    cold_unique: float


def measure_speed(folder: Path) -> Speed:
    """Time both on 5,000 distinct notes, a re-run with 1 % changed, and 1,000 notes whose clauses are all distinct.

    Models are loaded and warm on both sides; `annotate` starts from the file and ends with the written file.
    """
    texts = list(recombined_notes(NOTES, seed=1))
    others = islice(recombined_notes(NOTES, seed=2), int(NOTES * CHANGED_SHARE))
    changed = [*others, *texts[int(NOTES * CHANGED_SHARE) :]]
    unique = list(with_unique_clauses(iter(texts[:UNIQUE_NOTES]), seed=3))
    model = InsightModel.named(None, cache_folder=folder / "cache")
    Annotator(model).annotate(WARM_UP)
    cold = _annotate(folder, texts, model)
    rerun = _annotate(folder, changed, model)
    cold_unique = _annotate(folder, unique, model)
    stock, stock_unique = _stock([texts, unique])
    return Speed(stock, cold, rerun, _distinct_share(texts), stock_unique, cold_unique)


def _annotate(folder: Path, texts: list[str], model: InsightModel) -> float:
    notes = folder / "notes.jsonl"
    write_notes(notes, iter(texts))
    annotator, picklists = Annotator(model), PicklistReader(model)
    started = time.perf_counter()
    annotate_file(notes, folder / "out.jsonl", annotator, picklists, QuietReporter())
    return len(texts) / (time.perf_counter() - started)


def _stock(sets: list[list[str]]) -> Iterator[float]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(default_model_folder()), device="cpu")
    model.encode(["warm up"])
    for texts in sets:
        started = time.perf_counter()
        model.encode(texts)
        yield len(texts) / (time.perf_counter() - started)


def _distinct_share(texts: list[str]) -> float:
    clauses = [text[start:end] for text in texts for start, end in split_clauses(text)]
    return len(set(clauses)) / len(clauses)
