"""What was measured on, as a result tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...embeddings.model_files import file_digest
from ...inference.insights import GoldNote
from ...inference.insights.learned_from import redacted_digests
from ..gold_data import gold_note_digests, shipped_digests


def file_digests(files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by folder and name."""
    return {named(path): file_digest(path) for path in files}


def named(path: Path) -> str:
    """A file by the folder it lies in and its name."""
    return f"{path.resolve().parent.name}/{path.name}"


def synthetic_file_notices(digests: Mapping[str, str]) -> tuple[str, ...]:
    """That files are our own, where some are: told by their SHA-256, whatever they are called and wherever they lie."""
    ours = [name for name, digest in digests.items() if digest in shipped_digests()]
    if not ours:
        return ()
    names = "" if len(ours) == len(digests) else f": {', '.join(sorted(ours))}"
    return (f"{len(ours):,} of {len(digests):,} files measured on are our own synthetic ones{names}",)


def passed_over(suite: str, given: Iterable[Path], measured: Iterable[Path]) -> tuple[str, ...]:
    """That files of the data folder were not measured on, where there are such."""
    left = sorted({named(path) for path in set(given).difference(measured)})
    return (f"{suite}: passed over, without labels that are measured here: {', '.join(left)}",) if left else ()


def synthetic_notices(notes: Sequence[GoldNote]) -> tuple[str, ...]:
    """That notes are our own, where some are."""
    count = sum(digest in gold_note_digests() for digest in redacted_digests([note.text for note in notes]))
    return (f"{count:,} of {len(notes):,} notes are our own synthetic ones",) if count else ()
