"""Which columns a file has, against those that its table needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ...errors import InputError
from .column_maps import TableMap
from .nearest import did_you_mean
from .notices import Notices
from .schemas import TableSpec

ROWS_TO_SEE_A_COLUMN = 4096
_DATA = re.compile(r"^\d+$|\d{4}-\d\d|\d[./]\d\d?[./]\d\d|[.!?;] |.{60}")
"""A number, a date, a sentence, or what is longer than names of columns are."""


class FileColumns:
    """The columns of one file.

    A file with a header is checked by it at once. Where each row names its own columns, a required one is missing if
    no row has it, or none of the first 4,096.
    """

    def __init__(self, file: str, spec: TableSpec, table_map: TableMap) -> None:
        self._file = file
        self._spec = spec
        self._map = table_map
        self._found: dict[str, None] = {}
        self._rows = 0
        self._checked = False

    def take_header(self, header: Sequence[str]) -> None:
        """Check a header; raises InputError where it lacks a required column or names a column twice."""
        sources = {self._map.source_of(name) for name in self._spec.names}
        twice = [name for name, count in Counter(header).items() if count > 1 and name in sources]
        if twice:
            raise InputError(f"{self._file}: the header names column {twice[0]!r} twice; remove or rename one")
        self._found.update(dict.fromkeys(header))
        self._check()

    def take_rows(self, rows: Iterable[Iterable[str]]) -> None:
        """Note the names that rows bring along; raises InputError once a required one is clearly missing."""
        for row in rows:
            self._found.update(dict.fromkeys(row))
            self._rows += 1
        if self._rows >= ROWS_TO_SEE_A_COLUMN:
            self._check()

    def finish(self, notices: Notices) -> None:
        """The file is over: the last check, and a notice on mapped columns that it lacks."""
        if not self._found:
            return
        self._check()
        for name, source in self._map.columns.items():
            if source not in self._found:
                notices.add(f"{self._file}: no column {source!r}, which the column map reads as {name}; left empty")

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns found that the table does not have."""
        sources = {self._map.source_of(name) for name in self._spec.names}
        return tuple(name for name in self._found if name and name not in sources)

    def _check(self) -> None:
        if self._checked:
            return
        self._checked = True
        for column in self._spec.columns:
            source = self._map.source_of(column.name)
            if column.required and source not in self._found:
                mapped = f" (mapped to {column.name})" if source != column.name else ""
                raise InputError(
                    f"{self._file}: no column {source!r}{mapped}, which {self._spec.name} need{self._hint(source)}"
                )

    def _hint(self, missing: str) -> str:
        """What may be wrong; data is not quoted, because it may name a patient."""
        if any(map(_DATA.search, self._found)):
            return ": its first line looks like data. Put a line with the names of the columns before it"
        near, found = did_you_mean(missing, self.ignored), ", ".join(self._found)
        return f"{near}; columns found: {found}. Rename it, or give a column map"
