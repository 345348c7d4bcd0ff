"""The ways in which `hcplens match` writes what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from .command_options import TableFormat
from .command_output import print_page, require_target, write_records

if TYPE_CHECKING:
    from .matching import Answer
    from .progress import Reporter
    from .runs import Run


class MatchFormat(StrEnum):
    """How matches are shown; the last two are written, never shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    VEEVA = "veeva"


_WRITTEN = {MatchFormat.PARQUET: "a file", MatchFormat.VEEVA: "a folder of files to load"}


def require_match_target(shape: MatchFormat, output: Path | None) -> None:
    """Raise InputError, before the work, where the answers could not be written."""
    from .runs import require_publishable
    from .targets import require_reachable
    from .veeva_export import MARKER

    if output is None and shape in _WRITTEN:
        raise InputError(f"--format {shape} writes {_WRITTEN[shape]}: name it with -o")
    if output is not None and shape is MatchFormat.VEEVA:
        require_publishable(output, marker=MARKER)
        require_reachable(output)
    else:
        require_target(output)


def write_answers(
    answers: Sequence[Answer], run: Run, shape: MatchFormat, output: Path | None, reporter: Reporter
) -> None:
    """The answers on standard output or in files."""
    if output is not None and shape is MatchFormat.VEEVA:
        _write_veeva(answers, run, output, reporter)
    elif output is not None and shape is MatchFormat.PARQUET:
        _write_parquet(answers, output)
    elif shape is MatchFormat.TABLE:
        from .matching_run import answers_page

        print_page(answers_page(list(answers)), output)
    else:
        from .matching import APPROVED_COLUMNS, CSV_COLUMNS, csv_rows

        records = [answer.to_json() for answer in answers]
        rows = list(csv_rows(answers))
        write_records(records, rows, CSV_COLUMNS, TableFormat(shape.value), output, APPROVED_COLUMNS)


def _write_veeva(answers: Sequence[Answer], run: Run, target: Path, reporter: Reporter) -> None:
    from .veeva_export import write_veeva

    counts = write_veeva(answers, run.table("channels"), target)
    told = ", ".join(f"{count:,} in {name}" for name, count in counts.items())
    reporter.notice(f"{told}; they lie in {target}")


def _write_parquet(answers: Sequence[Answer], target: Path) -> None:
    import pyarrow.parquet as pq

    from .matching.answer_table import answers_table
    from .runs import published_file

    with published_file(target) as partial:
        pq.write_table(answers_table(answers), partial, compression="zstd")
