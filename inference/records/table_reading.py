"""One table from its files: parsed, told apart from rows seen before, and accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import InputError
from .column_maps import TableMap
from .csv_rows import csv_rows
from .duplicates import Duplicates
from .file_columns import FileColumns
from .jsonl_rows import jsonl_rows
from .lines import DecodedLines
from .notices import Notices, counted
from .parquet_rows import parquet_rows
from .raw_rows import DAMAGE, BrokenRow, RawFile, RawRow, in_batches
from .rejects import Reject, RejectLog
from .row_parsing import ParsedRows, Problem, RowParser
from .schemas import TableSpec
from .table_files import TableFile, check_magic, open_bytes

_IGNORED_SHOWN = 20


class TableReading:
    """The state of reading one table over all its files.

    With `places` each row also says where it stood, in the columns `file` and `row`.
    """

    def __init__(
        self,
        spec: TableSpec,
        table_map: TableMap,
        today: date,
        rejects: RejectLog,
        notices: Notices,
        *,
        places: bool = False,
    ) -> None:
        self._spec = spec
        self._places = places
        self._map = table_map
        self._parser = RowParser(spec, table_map, today)
        self._duplicates = Duplicates()
        self._key = [spec.names.index(name) for name in spec.key]
        self._rejects = rejects
        self._notices = notices
        self._ignored: dict[str, None] = {}
        self._counts: Counter[str] = Counter()
        self._disputed: list[tuple[object, ...]] = []

    @property
    def disputed(self) -> pa.Table:
        """Rows so far that were rejected for an earlier one of the same key; none where the table ignores disputes."""
        columns = list(zip(*self._disputed, strict=True)) or [()] * len(self._spec.names)
        return pa.table(dict(zip(self._spec.names, columns, strict=True)), schema=self._spec.schema)

    def read(self, file: TableFile, batch_rows: int) -> Iterator[pa.Table]:
        """The usable rows of one file; raises InputError for a damaged file or a missing column."""
        where = str(file.path)
        columns = FileColumns(where, self._spec, self._map)
        self._duplicates.start_file(where)
        count = 0
        try:
            with open_rows(file, batch_rows, self._notices) as raw:
                if raw.header is not None:
                    columns.take_header(raw.header)
                for batch in in_batches(raw.rows, batch_rows):
                    count += len(batch)
                    self._rejects.count_read(self._spec.name, len(batch))
                    rows = [row for row in batch if isinstance(row, RawRow)]
                    if raw.header is None:
                        columns.take_rows(row.cells for row in rows)
                    broken = [row for row in batch if isinstance(row, BrokenRow)]
                    yield from self._usable(where, rows, broken)
        except DAMAGE as e:
            raise damaged(where, count, e) from e
        if not count:
            self._notices.add(f"{where}: no rows")
        columns.finish(self._notices)
        self._ignored.update(dict.fromkeys(columns.ignored))

    def finish(self) -> None:
        """The notices that count over all files."""
        name, counts = self._spec.name, self._counts
        if self._ignored:
            shown = ", ".join(islice(self._ignored, _IGNORED_SHOWN))
            more = f" and {len(self._ignored) - _IGNORED_SHOWN:,} more" if len(self._ignored) > _IGNORED_SHOWN else ""
            self._notices.add(f"{name}: ignored columns that the table does not have: {shown}{more}")
        if counts["repeated"]:
            self._notices.add(f"{name}: {counted(counts['repeated'], 'identical repeated row')} collapsed")
        if counts["empty"]:
            self._notices.add(f"{name}: {counted(counts['empty'], 'row')} without text")
        if counts["repaired"]:
            repaired = counted(counts["repaired"], "text")
            self._notices.add(f"{name}: {repaired} with half a surrogate pair, replaced by U+FFFD")

    def _usable(self, file: str, rows: Sequence[RawRow], broken: Sequence[BrokenRow]) -> Iterator[pa.Table]:
        parsed = self._parser.parse(rows)
        self._counts["repaired"] += parsed.repaired
        used = self._first_sightings(rows, parsed)
        self._log(file, rows, parsed, broken)
        if not used:
            return
        columns = parsed.columns
        if len(used) < len(rows):
            columns = [[values[index] for index in used] for values in columns]
        table = pa.table(dict(zip(self._spec.names, columns, strict=True)), schema=self._spec.schema)
        self._count_empty(table)
        if self._places:
            table = table.append_column("file", pa.array([file] * len(used), pa.string()))
            table = table.append_column("row", pa.array([rows[index].number for index in used], pa.int64()))
        yield table

    def _first_sightings(self, rows: Sequence[RawRow], parsed: ParsedRows) -> list[int]:
        """Indices of the rows that are neither bad nor seen before; a conflict joins the problems."""
        used: list[int] = []
        for index, content in enumerate(zip(*parsed.columns, strict=True)):
            if index in parsed.problems:
                continue
            earlier = self._duplicates.earlier([content[i] for i in self._key], content, rows[index].number)
            if earlier is None:
                used.append(index)
            elif earlier.same:
                self._counts["repeated"] += 1
            else:
                reason = f"id used twice with different content; first seen in {earlier.file} row {earlier.row}"
                parsed.problems[index] = Problem(self._spec.key[0], content[self._key[0]], reason)
                if self._spec.unknown_if_disputed:
                    self._disputed.append(content)
        return used

    def _log(self, file: str, rows: Sequence[RawRow], parsed: ParsedRows, broken: Sequence[BrokenRow]) -> None:
        table = self._spec.name
        found = [Reject.of(table, file, row.number, None, row.content, row.reason, row.content) for row in broken]
        for index, problem in parsed.problems.items():
            row = rows[index]
            found.append(Reject.of(table, file, row.number, problem.field, problem.value, problem.reason, row.cells))
        for reject in sorted(found, key=lambda reject: reject.row or 0):
            self._rejects.append(reject)

    def _count_empty(self, table: pa.Table) -> None:
        for column in self._spec.columns:
            if column.may_be_empty:
                is_empty = pc.equal(pc.utf8_trim_whitespace(table[column.name]), "")
                self._counts["empty"] += pc.sum(is_empty).as_py()


@contextmanager
def open_rows(file: TableFile, batch_rows: int, notices: Notices) -> Iterator[RawFile]:
    """The rows of a file as they stand there; lines that are not in UTF-8 are told when all are read.

    Raises InputError where the content is not what the suffix says; reading a damaged file raises one of `DAMAGE`.
    """
    if file.format == "parquet":
        check_magic(file)
        with pq.ParquetFile(file.path) as parquet:
            yield parquet_rows(parquet, batch_rows)
        return
    with open_bytes(file) as stream:
        lines = DecodedLines(stream)
        if file.format == "jsonl":
            yield jsonl_rows(lines)
        else:
            delimiter = "\t" if file.format == "tsv" else None
            yield csv_rows(lines, delimiter=delimiter, where=str(file.path))
    if lines.fallbacks:
        notices.add(
            f"{file.path}: {counted(lines.fallbacks, 'line')} not in UTF-8, read as Windows-1252 "
            f"(the first is line {lines.first_fallback})"
        )


def damaged(where: str, rows: int, error: Exception) -> InputError:
    """The error for a file that can be read no further than so many rows."""
    cause = " ".join(str(error).split())
    return InputError(f"{where}: damaged or cut off after {counted(rows, 'row')} ({cause}); copy the file again")
