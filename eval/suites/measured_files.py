"""What was measured on, as a result tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ...embeddings.model_files import file_digest
from ...inference.insights import GoldNote
from ..gold_data import TIMELINES, TRAINING, gold_notes


def file_digests(files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by folder and name."""
    return {f"{path.parent.name}/{path.name}": file_digest(path) for path in files}


def synthetic_notices(notes: Sequence[GoldNote]) -> tuple[str, ...]:
    """That notes are our own, where some are."""
    ours = {note.text for note in gold_notes(*TRAINING, TIMELINES)}
    count = sum(note.text in ours for note in notes)
    return (f"{count:,} of {len(notes):,} notes are our own synthetic ones",) if count else ()
