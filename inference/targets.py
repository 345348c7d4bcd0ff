"""Where results may be written: said before the work, not after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError


def require_file_target(target: Path, *, sources: Sequence[Path] = ()) -> None:
    """Raise InputError where no file can be written at `target`, or where it would take the place of an input.

    A target inside a source folder counts as an input: the next reading of the folder would take it for a table.
    """
    if target.is_dir():
        raise InputError(f"{target} is a folder: name a file to write")
    require_reachable(target)
    for source in sources:
        if source.resolve() in (target.resolve(), target.resolve().parent):
            raise InputError(f"{target} would be written over the input {source}, or into it: choose another place")


def require_reachable(target: Path) -> None:
    """Raise InputError where a file stands in the way of the folder that `target` is to lie in."""
    above = next((folder for folder in target.absolute().parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise InputError(f"cannot write {target}: {above} is a file, not a folder")


def require_apart(one: Path, other: Path) -> None:
    """Raise InputError where two folders to write are the same, or one lies in the other: each is replaced whole."""
    first, second = one.resolve(), other.resolve()
    if first == second or first in second.parents or second in first.parents:
        raise InputError(f"{other} and {one} would replace each other: choose two folders, neither inside the other")
