"""Which files of a data folder are logs with propensities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...errors import InputError
from .bandit_log import PROPENSITY
from .text_columns import csv_header

FOLDER = "policy"
_SUFFIXES = (".csv", ".csv.gz")


def bandit_log_files(data: Path) -> dict[str, Path]:
    """Logs by name: the file itself; every CSV file of the folder `policy`; else those with a propensity column.

    These are looked for in the folder and the folders in it, and named with the folder they lie in.
    """
    if data.is_file():
        return {_name(data, data.parent): data} if data.name.endswith(_SUFFIXES) else {}
    inside = data / FOLDER
    if inside.is_dir():
        return {_name(path, inside): path for path in _csv_files(inside, "*")}
    found = [path for pattern in ("*", "*/*") for path in _csv_files(data, pattern) if _has_propensities(path)]
    return {_name(path, data): path for path in found}


def _csv_files(folder: Path, pattern: str) -> Iterator[Path]:
    return (path for path in sorted(folder.glob(pattern)) if path.name.endswith(_SUFFIXES) and path.is_file())


def _has_propensities(path: Path) -> bool:
    try:
        return not set(PROPENSITY).isdisjoint(csv_header(path))
    except InputError:
        return False


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().removesuffix(".gz").removesuffix(".csv")
