"""A file appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .publishing import clear_os_errors


@contextmanager
def published_file(target: Path) -> Iterator[Path]:
    """A temporary path beside `target` to write; it takes the target's name when the block ends without an error."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    with clear_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
