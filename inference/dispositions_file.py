"""What people decided about flags, as the CSV file that a run reads: it only grows."""

from __future__ import annotations

import csv
import fcntl
import io
import os
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ..errors import InputError
from .records import TABLES, Notices, RejectLog, read_table
from .runs.publishing import clear_os_errors
from .targets import require_file_target

_SPEC = TABLES["dispositions"]


@dataclass(frozen=True)
class Disposition:
    """A person's decision on all flags of one kind in one note; `disposition` is open or closed."""

    note_id: str
    kind: str
    disposition: str
    decided_at: date
    reason: str


def read_dispositions(path: Path) -> pa.Table:
    """The decisions of a file, CSV or any other that a run reads; one bad row is an error, since no run has it.

    Raises:
        InputError: no such file, or a row that cannot be used.
    """
    rejects = RejectLog()
    table = read_table(path, _SPEC, rejects=rejects, notices=Notices())
    for reject in rejects:
        raise InputError(f"{reject}: correct the row, or a run will not use it")
    return table


def append_disposition(path: Path, decision: Disposition) -> bool:
    """Add a line to a CSV file, which is made if it is not there; False where the file has the decision already.

    Nothing that the file holds is changed, and two who write at the same time both get their line.

    Raises:
        InputError: the file holds something else, or another reason for the same decision on the same day.
        HcplensError: no room left.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path}: decisions are added to a plain CSV file: give it a name that ends in .csv")
    require_file_target(path)
    with clear_os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not file.seek(0, os.SEEK_END):
                file.write(_line(_SPEC.names))
            elif _is_known(path, decision):
                return False
            file.write(_missing_line_break(file) + _line(_cells(decision, _columns(path, file))))
            file.flush()
            os.fsync(file.fileno())
    return True


def _is_known(path: Path, decision: Disposition) -> bool:
    for row in read_dispositions(path).to_pylist():
        if all(row[name] == getattr(decision, name) for name in _SPEC.key):
            if row["reason"] == decision.reason:
                return True
            raise InputError(
                f"{path} has the same decision of {decision.decided_at} for another reason ({row['reason']!r}): "
                "name another day with --decided-at"
            )
    return False


def _columns(path: Path, file: BinaryIO) -> list[str]:
    """The header of the file, in whichever order."""
    file.seek(0)
    try:
        header = next(csv.reader([file.readline().decode("utf-8-sig")]))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        header = []
    columns = [name.strip() for name in header]
    if not {*_SPEC.names} <= {*columns}:
        raise InputError(
            f"{path} is no CSV file in UTF-8 with the columns {','.join(_SPEC.names)} in its first line: "
            "name another file, which is made"
        )
    return columns


def _cells(decision: Disposition, columns: list[str]) -> list[str]:
    cells = dict(zip(_SPEC.names, map(str, astuple(decision)), strict=True))
    return [cells.get(name, "") for name in columns]


def _line(cells: list[str] | tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def _missing_line_break(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"
