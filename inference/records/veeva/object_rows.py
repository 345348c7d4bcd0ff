"""The rows of one object: parsed, without those that were deleted, and with rejects that speak canonically."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ..notices import Notices
from ..rejects import Reject, RejectLog, json_text
from ..salesforce_ids import whole_id_if_any
from ..schemas import TableSpec
from ..table_files import TableFile
from ..table_reading import TableReading
from ..tables import BATCH_ROWS
from .veeva_map import VeevaMap

Row = Mapping[str, Any]
"""One row under the names of Veeva's fields, with the `file` and the `row` where it stood."""
LeftOut = Callable[[Row], str | None]
"""Why a row is none of ours, such as "planned calls"; None where it is."""

_YES = frozenset({"true", "1"})
CANONICAL_FIELDS = {
    "notes": {"note_id": "Id", "hcp_id": "Account_vod__c", "date": "Call_Date_vod__c", "rep_id": "User_vod__c"},
    "content_events": {"event_id": "Id", "hcp_id": "Account_vod__c"},
    "consents": {"hcp_id": "Account_vod__c", "captured_at": "Capture_Datetime_vod__c"},
    "outcomes": {"outcome_id": "Id"},
}
"""What a reject's record calls its fields, so that a flag in it finds its physician, and a refusal its channels."""


@dataclass
class VeevaReader:
    """Reads objects one after the other; bad rows go to `rejects`, what else is worth knowing to `notices`."""

    names: VeevaMap
    rejects: RejectLog
    notices: Notices
    today: date
    _left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    def rows(self, spec: TableSpec, table: str, files: Sequence[TableFile], left_out: LeftOut) -> list[Row]:
        """The live rows of an object, which becomes the canonical table `table`, in the order of the files.

        A row whose id was deleted in any row, and one that `left_out` names, is counted and no reject.
        """
        if not files:
            return []
        log = RejectLog()
        reading = TableReading(spec, self.names.of_object(spec.name), self.today, log, self.notices, places=True)
        parsed = [row for file in files for batch in reading.read(file, BATCH_ROWS) for row in batch.to_pylist()]
        reading.finish()
        self.rejects.count_read(table, log.rows_read.get(spec.name, 0))
        raw = [(reject, self._under_veevas_names(spec, _record(reject))) for reject in log]
        deleted = {row["Id"] for row in parsed if row["IsDeleted"] in _YES}
        deleted |= {whole_id_if_any(_text(record.get("Id"))) for _, record in raw if _is_deleted(record)}
        self.leave_out(table, f"rows of {spec.name} that were deleted", len(deleted))
        for reject, record in raw:
            self._reject_or_leave_out(spec, table, reject, record, deleted, left_out)
        return list(self._kept(table, (row for row in parsed if row["Id"] not in deleted), left_out))

    def leave_out(self, table: str, what: str, count: int = 1) -> None:
        """Count rows that are not used."""
        self._left_out[table, what] += count

    def reject(self, spec: TableSpec, table: str, row: Row, name: str, reason: str) -> None:
        """Reject a row for what its field `name` says, or does not say."""
        record = {column.name: row[column.name] for column in spec.columns if row[column.name] is not None}
        refused = Reject.of(table, row["file"], row["row"], name, row[name], reason, record)
        self.rejects.append(replace(refused, record=_canonical(table, record)))

    def finish(self) -> None:
        """One notice for each kind of rows that were left out."""
        for (table, what), count in self._left_out.items():
            if count:
                self.notices.add(f"{table}: {count:,} {what}, not used")

    def _kept(self, table: str, rows: Iterator[Row], left_out: LeftOut) -> Iterator[Row]:
        for row in rows:
            if (why := left_out(row)) is None:
                yield row
            else:
                self.leave_out(table, why)

    def _reject_or_leave_out(
        self, spec: TableSpec, table: str, reject: Reject, record: dict[str, Any], deleted: set[str], left_out: LeftOut
    ) -> None:
        if whole_id_if_any(_text(record.get("Id"))) in deleted:
            return
        if (why := left_out(self._as_parsed(spec, record))) is not None:
            self.leave_out(table, why)
            return
        column = next((column for column in spec.columns if column.name == reject.field), None)
        hint = ""
        if column is not None and column.choices and "unknown value" in reject.reason:
            hint = "; a map that extends veeva says what it means (--source)"
        self.rejects.append(
            replace(
                reject,
                table=table,
                field="text" if column is not None and column.verbatim else reject.field,
                reason=reject.reason + hint,
                record=_canonical(table, record) if record else reject.record,
            )
        )

    def _under_veevas_names(self, spec: TableSpec, record: dict[str, Any]) -> dict[str, Any]:
        names = self.names.of_object(spec.name)
        veevas = {names.source_of(column.name): column.name for column in spec.columns}
        return {veevas.get(name, name): value for name, value in record.items()}

    def _as_parsed(self, spec: TableSpec, record: Row) -> Row:
        """What can be told of the picklists of a row that could not be parsed."""
        names = self.names.of_object(spec.name)
        told = {column.name: _text(record.get(column.name)).strip() for column in spec.columns}
        return {name: names.values_of(name).get(value, value.lower()) or None for name, value in told.items()}


def left_out_none(row: Row) -> str | None:
    """For objects whose rows are all used."""
    return None


def _record(reject: Reject) -> dict[str, Any]:
    """The row as it was read; empty where it could not be split into cells."""
    try:
        record = json.loads(reject.record)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _canonical(table: str, record: Row) -> str:
    names = CANONICAL_FIELDS[table]
    renamed = {name: _canonical_value(name, record[field]) for name, field in names.items() if field in record}
    rest = {name: value for name, value in record.items() if name not in names.values()}
    return json_text({**renamed, **rest})


def _canonical_value(name: str, value: object) -> object:
    return whole_id_if_any(value.strip()) if isinstance(value, str) and name.endswith("_id") else value


def _is_deleted(record: Row) -> bool:
    return _text(record.get("IsDeleted")).strip().lower() in _YES


def _text(value: object) -> str:
    return "" if value is None else str(value)
