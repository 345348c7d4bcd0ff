"""Files that hold the words of notes: only their owner can read them, for they may name a patient, redacted or not."""

from __future__ import annotations

from pathlib import Path

from .atomic_file import published_file

_OWNER_ONLY = 0o600


def make_owner_only(path: Path) -> None:
    """Make an empty file that only its owner can read, before anything is written into it; what is there is kept."""
    path.touch(mode=_OWNER_ONLY)
    path.chmod(_OWNER_ONLY)


def write_owner_only(target: Path, text: str) -> None:
    """Publish a file that only its owner can read; raises what `published_file` raises."""
    with published_file(target) as partial:
        make_owner_only(partial)
        partial.write_text(text, encoding="utf-8", newline="")
