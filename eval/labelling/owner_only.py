"""Files that hold the words of notes."""

from __future__ import annotations

from pathlib import Path

from ...inference.runs import published_file


def write_owner_only(target: Path, text: str) -> None:
    """Write a file that only its owner can read: a note may name a patient, redacted or not."""
    with published_file(target) as partial:
        partial.chmod(0o600)
        partial.write_text(text, encoding="utf-8", newline="")
