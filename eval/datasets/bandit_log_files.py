"""Which files of a data folder are logs with propensities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import InputError
from .bandit_log import PROPENSITY
from .text_columns import csv_header

FOLDER = "policy"
_SUFFIXES = (".csv", ".csv.gz")


def bandit_log_files(data: Path) -> dict[str, Path]:
    """Logs by name: the file itself; else CSV files with a propensity column, in the folder `policy` if there is one.

    Without that folder they are looked for in the folder and the folders in it, and named with the folder they lie in.
    Where no file of `policy` has propensities, all are taken, so that reading them says what is wrong.

    Raises:
        InputError: two files of one name, such as a log and its compressed copy.
    """
    if data.is_file():
        return {_name(data, data.parent): data} if data.name.endswith(_SUFFIXES) else {}
    inside = data / FOLDER
    if inside.is_dir():
        files = list(_csv_files(inside, "*"))
        return _by_name([path for path in files if _has_propensities(path)] or files, inside)
    found = [path for pattern in ("*", "*/*") for path in _csv_files(data, pattern) if _has_propensities(path)]
    return _by_name(found, data)


def _by_name(files: Sequence[Path], folder: Path) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in files:
        if other := named.get(_name(path, folder)):
            raise InputError(f"{other} and {path.name} are logs of one name: keep one")
        named[_name(path, folder)] = path
    return named


def _csv_files(folder: Path, pattern: str) -> Iterator[Path]:
    return (path for path in sorted(folder.glob(pattern)) if path.name.endswith(_SUFFIXES) and path.is_file())


def _has_propensities(path: Path) -> bool:
    try:
        return not set(PROPENSITY).isdisjoint(csv_header(path))
    except InputError:
        return False


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().removesuffix(".gz").removesuffix(".csv")
