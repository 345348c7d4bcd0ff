"""The labelled notes that ship: which of them train, and which only measure."""

from __future__ import annotations

from importlib.resources import as_file, files

from ..inference.insights import GoldNote, read_gold

TRAINING = ("notes_a.jsonl", "notes_b.jsonl")
TIMELINES = "timelines/notes.jsonl"


def gold_notes(*names: str) -> list[GoldNote]:
    """Labelled notes (synthetic) of the files named, e.g. "notes_a.jsonl"."""
    with as_file(files(__package__) / "gold") as folder:
        return read_gold([folder / name for name in names])
