"""The synthetic data that ship: the benchmark's notes, and how to know them again."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from ..embeddings.model_files import file_digest
from ..inference.insights import GoldNote, read_gold
from ..inference.insights.learned_from import redacted_digests

NOTES = ("notes_a.jsonl", "notes_b.jsonl")
TIMELINES = "timelines/notes.jsonl"
SAFETY = "safety.jsonl"


def gold_notes(*names: str) -> list[GoldNote]:
    """Labelled notes (synthetic) of the files named, e.g. "notes_a.jsonl"."""
    with as_file(files(__package__) / "gold") as folder:
        return read_gold([folder / name for name in names])


@cache
def gold_note_digests() -> frozenset[int]:
    """Digests of every labelled note of the benchmark, as models remember what they saw."""
    return frozenset(redacted_digests([note.text for note in gold_notes(*NOTES, TIMELINES, SAFETY)]))


@cache
def shipped_digests() -> frozenset[str]:
    """SHA-256 of every file of the benchmark and of the sample, all of them synthetic."""
    package = files(__package__.rpartition(".")[0])
    with as_file(package / "eval" / "gold") as gold, as_file(package / "inference" / "sample") as sample:
        return frozenset(file_digest(path) for folder in (gold, sample) for path in folder.rglob("*") if path.is_file())
