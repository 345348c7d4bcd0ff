"""Files of notes → lines, whoever wrote them; bad rows are logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import ValidationError

from ...errors import InputError
from ...inference.records import TABLES, Notices, RejectLog, check_rejects, read_table
from ...inference.records.notices import counted
from ...inference.records.raw_rows import DAMAGE, BrokenRow, RawRow
from ...inference.records.rejects import MISSING, Reject
from ...inference.records.table_files import TableFile, check_magic
from ...inference.records.table_reading import damaged, open_rows
from ...inference.records.tables import BATCH_ROWS
from .note_line import NoteLine

_TABLE = "notes"
_QUOTED = frozenset({"note_id", "hcp_id", "date", "channel", "brand", "country", "rep_id", "probability"})
"""Fields of which a message says what stands there: others may hold words of the note."""


def read_note_lines(path: Path, notices: list[str], max_rejects: float) -> list[NoteLine]:
    """The lines of a file that can be used; what was not used is added to the notices.

    Raises:
        InputError: nothing can be used, or a note stands there twice.
        TooManyRejectsError: more than the share `max_rejects` of the rows is bad.
    """
    rejects, said = RejectLog(), Notices()
    lines = _lines(path, rejects, said)
    check_rejects(rejects, max_rejects)
    if not lines:
        raise InputError(f"{path} holds no notes")
    _require_once(path, lines)
    notices += [*said, *(f"rejected: {reject}" for reject in rejects)]
    return lines


def _lines(path: Path, rejects: RejectLog, notices: Notices) -> list[NoteLine]:
    file = TableFile.of(path)
    if file.format == "jsonl" or _holds_claims(file):
        lines = list(_read(file, rejects, notices))
        return _distinct(lines, path, notices)
    table = read_table(path, TABLES[_TABLE], rejects=rejects, notices=notices)
    return [NoteLine.model_validate(row) for row in table.to_pylist()]


def _distinct(lines: Sequence[NoteLine], path: Path, notices: Notices) -> list[NoteLine]:
    found = list(dict.fromkeys(lines))
    if repeated := len(lines) - len(found):
        notices.add(f"{path.name}: {counted(repeated, 'identical repeated row')} collapsed")
    return found


def _holds_claims(file: TableFile) -> bool:
    """Whether it is Parquet of notes with what was read out of them, which no table of notes has."""
    if file.format != "parquet":
        return False
    check_magic(file)
    try:
        return "insights" in pq.read_schema(file.path).names
    except DAMAGE as e:
        raise damaged(str(file.path), 0, e) from e


def _read(file: TableFile, rejects: RejectLog, notices: Notices) -> Iterator[NoteLine]:
    try:
        with open_rows(file, BATCH_ROWS, notices) as raw:
            yield from _valid(raw.rows, file.path, rejects)
    except DAMAGE as e:
        raise damaged(str(file.path), rejects.rows_read.get(_TABLE, 0), e) from e


def _valid(rows: Iterator[RawRow | BrokenRow], path: Path, rejects: RejectLog) -> Iterator[NoteLine]:
    for row in rows:
        rejects.count_read(_TABLE, 1)
        if isinstance(row, BrokenRow):
            rejects.append(Reject.of(_TABLE, str(path), row.number, None, None, row.reason, row.content))
            continue
        try:
            yield NoteLine.model_validate(row.cells)
        except ValidationError as e:
            rejects.append(_reject(e, row, path))


def _reject(error: ValidationError, row: RawRow, path: Path) -> Reject:
    problem = error.errors()[0]
    field, last = ".".join(map(str, problem["loc"])), problem["loc"][-1]
    if problem["type"] == "missing":
        return Reject.of(_TABLE, str(path), row.number, field, None, MISSING, row.cells)
    reason = str(problem.get("ctx", {}).get("error", problem["msg"]))
    value = problem["input"] if last in _QUOTED else None
    return Reject.of(_TABLE, str(path), row.number, field, value, reason, row.cells)


def _require_once(path: Path, lines: Sequence[NoteLine]) -> None:
    [(note_id, times)] = Counter(line.note_id for line in lines).most_common(1)
    if times == 1:
        return
    annotators = sorted({line.annotator for line in lines if line.note_id == note_id and line.annotator})
    by = f" (by {', '.join(map(repr, annotators))})" if annotators else ""
    raise InputError(
        f"{path}: note {note_id!r} stands there {times:,} times{by}: each note once, of one annotator; "
        "keep the lines of one"
    )
