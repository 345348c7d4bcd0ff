"""Any number of distinct notes: clauses of the gold notes, recombined at random (synthetic)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from ...embeddings import split_clauses
from ..gold_data import NOTES, gold_notes

_FEWEST, _MOST = 2, 8


def recombined_notes(count: int, *, seed: int) -> Iterator[str]:
    """`count` texts of 2 to 8 gold clauses each, no two alike."""
    clauses = [note.text[start:end] for note in gold_notes(*NOTES) for start, end in split_clauses(note.text)]
    draw = random.Random(seed)
    seen: set[int] = set()
    while len(seen) < count:
        text = ". ".join(draw.sample(clauses, draw.randint(_FEWEST, _MOST)))
        if hash(text) not in seen:
            seen.add(hash(text))
            yield text


def with_unique_clauses(texts: Iterator[str], *, seed: int) -> Iterator[str]:
    """The texts with a number of its own in every clause: nothing can be looked up, everything must be encoded."""
    numbers = iter(random.Random(seed).sample(range(1_000_000), 1_000_000))
    for text in texts:
        yield ". ".join(f"{text[start:end]} {next(numbers)}" for start, end in split_clauses(text))


def write_notes(path: Path, texts: Iterator[str]) -> None:
    """A notes table as JSONL."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            record = {"note_id": f"N{number:07}", "hcp_id": f"H{number % 5000:05}", "date": "2026-03-02", "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
