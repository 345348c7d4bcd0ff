"""Rows that could not be used: where they stand, what is wrong with them, and how many are too many."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from ...errors import InputError
from .derived import REJECTS
from .notices import counted
from .schemas import TABLES
from .surrogates import escaped, has_lone_surrogates

VALUE_CHARACTERS = 200
_WORDS = re.compile(r"[^\W\d]\s|\s[^\W\d]")
"""More than one word, with letters; dates and numbers are none."""
_NOTED = frozenset({"text", "answer"})
"""Columns of what reps and physicians said."""
MISSING = "is missing"
"""The reason where a required field is not there."""


@dataclass(frozen=True)
class Reject:
    """One row that was not used.

    `row` is the line a text editor shows for the row's first line (CSV, JSONL) or the 1-based row (Parquet).
    `field` is the canonical column, None where the row as a whole cannot be read. `record` is the whole row as JSON.
    """

    table: str
    file: str
    row: int | None
    field: str | None
    value: str | None
    reason: str
    record: str

    @classmethod
    def of(
        cls, table: str, file: str, row: int | None, field: str | None, value: object, reason: str, record: object
    ) -> Reject:
        """A reject of raw values: the value is shortened to 200 characters, the record written as JSON."""
        return cls(table, file, row, field, _shortened(value), reason, json_text(record))

    def __str__(self) -> str:
        """Where and why in one line; what may hold a patient's name is not quoted."""
        where = f"{self.file} row {self.row}" + (f" ({self.module_id})" if self.module_id else "")
        if self.field is None:
            return f"{where}: {self.reason}"
        if self.reason == MISSING:
            return f"{where}, {self.field} {self.reason}"
        value = "" if self.value is None or self._may_name_a_patient() else f" {self.value!r}"
        return f"{where}, {self.field}{value}: {self.reason}"

    @property
    def module_id(self) -> str | None:
        """Which module it is, where the row of a catalogue tells."""
        if self.table != "modules":
            return None
        try:
            record = json.loads(self.record)
        except ValueError:
            return None
        named = (record.get("module_id") or record.get("document_id")) if isinstance(record, dict) else None
        return escaped(named) if isinstance(named, str) else None

    def _may_name_a_patient(self) -> bool:
        """Free text, and any words in a row that holds some: cells may have shifted."""
        spec = TABLES.get(self.table)
        verbatim = {column.name for column in spec.columns if column.verbatim} if spec else set()
        has_words = bool(_WORDS.search(self.value or ""))
        return self.field in verbatim or (has_words and not verbatim.isdisjoint(_NOTED))


class RejectLog:
    """The rejects of a reading and how many rows were read in all."""

    def __init__(self) -> None:
        self._rejects: list[Reject] = []
        self._rows_read: Counter[str] = Counter()

    def append(self, reject: Reject) -> None:
        """Add one."""
        self._rejects.append(reject)

    def count_read(self, table: str, rows: int) -> None:
        """Rows that were read, used or not."""
        self._rows_read[table] += rows

    @property
    def count(self) -> int:
        """Rejects so far."""
        return len(self._rejects)

    @property
    def rows_read(self) -> dict[str, int]:
        """Rows read so far by table, rejects included."""
        return dict(self._rows_read)

    @property
    def by_file(self) -> dict[tuple[str, str], int]:
        """Rejects by table and file."""
        return dict(Counter((reject.table, reject.file) for reject in self._rejects))

    @property
    def share(self) -> float:
        """Rejects by rows read over all tables; 0 where nothing was read."""
        return self.count / max(1, self._rows_read.total())

    def __iter__(self) -> Iterator[Reject]:
        return iter(self._rejects)

    def __len__(self) -> int:
        return len(self._rejects)

    def to_table(self) -> pa.Table:
        """Arrow table with the schema `derived.REJECTS`, in the order of reading."""
        columns = {name: [_encodable(getattr(reject, name)) for reject in self._rejects] for name in REJECTS.names}
        return pa.table(columns, schema=REJECTS)


class TooManyRejectsError(InputError):
    """More rows were rejected than allowed; `rejects` is their table (schema `derived.REJECTS`)."""

    def __init__(self, message: str, rejects: pa.Table) -> None:
        super().__init__(message)
        self.rejects = rejects


def check_rejects(log: RejectLog, max_rejects: float) -> None:
    """Raise TooManyRejectsError where the rejected share of all rows read is above `max_rejects` (0 to 1)."""
    if not 0.0 <= max_rejects <= 1.0:
        raise InputError(f"--max-rejects is a share between 0 and 1 (0.01 is 1 %), not {max_rejects}")
    if log.share <= max_rejects:
        return
    read = sum(log.rows_read.values())
    enough = min(1.0, math.ceil(log.share * 1000) / 1000)
    first = "\n".join(f"  {reject}" for reject in islice(log, 3))
    more = f"\n  and {log.count - 3:,} more" if log.count > 3 else ""
    raise TooManyRejectsError(
        f"{log.count:,} of {counted(read, 'row')} rejected ({log.share:.1%}; {max_rejects:.1%} are allowed):\n"
        f"{first}{more}\nCorrect the rows, or accept the loss with --max-rejects {enough:g}",
        log.to_table(),
    )


def json_text(value: object) -> str:
    """JSON of anything; escaped to ASCII only where it holds what UTF-8 cannot carry (half a surrogate pair)."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    return json.dumps(value, default=_plain) if has_lone_surrogates(text) else text


def _plain(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _shortened(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json_text(value)
    return text if len(text) <= VALUE_CHARACTERS else text[: VALUE_CHARACTERS - 1] + "…"


def _encodable(value: object) -> object:
    return escaped(value) if isinstance(value, str) else value
