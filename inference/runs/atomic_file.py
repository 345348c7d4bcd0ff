"""A file appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .publishing import clear_os_errors, locked


@contextmanager
def published_file(target: Path) -> Iterator[Path]:
    """A temporary file beside `target` to write; it takes the target's name when the block ends without an error.

    What a killed process left there is overwritten.

    Raises:
        InputError: the target cannot be written.
        HcplensError: another process is writing it, or the disk is full.
    """
    partial = target.with_name(f".{target.name}.partial")
    with clear_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = locked(partial, partial.touch)
        try:
            os.truncate(partial, 0)
            yield partial
            with partial.open("rb") as file:
                os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        finally:
            os.close(lock)
