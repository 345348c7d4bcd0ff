"""An export of Veeva CRM to canonical tables: notes, content_events and consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from ..notices import Notices
from ..rejects import RejectLog
from ..salesforce_ids import whole_id_if_any
from ..schemas import NOTES, TABLES
from ..table_files import TableFile
from ..table_reading import TableReading
from ..tables import BATCH_ROWS
from .calls import Call, read_calls
from .events import events_table
from .export_files import TABLE_OBJECTS, ExportFiles, require_object
from .group_calls import conversations
from .key_messages import ShownMessages, read_key_messages
from .multichannel_consents import read_consents
from .object_rows import VeevaReader
from .objects import CALLS, CONSENTS, KEY_MESSAGES, SENT_EMAILS
from .sent_emails import read_sent_emails
from .veeva_map import VeevaMap

_ID_COLUMNS = ("hcp_id", "note_id")


def read_export(
    paths: Mapping[str, Path], names: VeevaMap, rejects: RejectLog, notices: Notices, today: date
) -> dict[str, pa.Table]:
    """The tables notes, content_events and consents of what the paths of these tables hold, see `ExportFiles.of`.

    Raises:
        InputError: no such path, `notes` without calls, or what `read_batches` raises.
    """
    files = _files(paths, notices)
    reader = VeevaReader(names, rejects, notices, today)
    notes, messages = _spoken(reader, files)
    emails = list(read_sent_emails(reader, files.objects.get(SENT_EMAILS.name, ())))
    tables = {
        "notes": notes,
        "content_events": events_table([*messages.events, *emails]),
        "consents": read_consents(reader, files.objects.get(CONSENTS.name, ())),
    }
    reader.finish()
    for name, elsewhere in files.canonical.items():
        tables[name] = pa.concat_tables([tables[name], _read_canonical(name, elsewhere, reader)])
    return tables


def read_exported_notes(
    path: Path, names: VeevaMap, rejects: RejectLog, notices: Notices, today: date | None = None
) -> pa.Table:
    """The notes table of an export alone; raises what `read_export` raises."""
    files = _files({"notes": path}, notices)
    reader = VeevaReader(names, rejects, notices, today or date.today())
    notes, _ = _spoken(reader, files)
    reader.finish()
    elsewhere = files.canonical.get("notes")
    return pa.concat_tables([notes, _read_canonical("notes", elsewhere, reader)]) if elsewhere else notes


def exported_files(paths: Mapping[str, Path]) -> list[tuple[str, Path]]:
    """The canonical table and the path of each file that `read_export` reads."""
    files = _files(paths, Notices())
    read = [
        (table, file)
        for table, names in TABLE_OBJECTS.items()
        for file in (*(file for name in names for file in files.objects.get(name, ())), *files.canonical.get(table, ()))
    ]
    return [(table, file.path) for table, file in read]


def with_whole_ids(table: pa.Table) -> pa.Table:
    """A canonical table whose 15-character Salesforce ids of physicians and notes are of 18 characters."""
    for name in _ID_COLUMNS:
        if name in table.column_names:
            place = table.schema.get_field_index(name)
            ids = [None if value is None else whole_id_if_any(value) for value in table[name].to_pylist()]
            table = table.set_column(place, table.schema.field(place), pa.array(ids, pa.string()))
    return table


def _files(paths: Mapping[str, Path], notices: Notices) -> ExportFiles:
    files = ExportFiles.of({name: Path(paths[name]) for name in TABLE_OBJECTS if name in paths}, notices)
    if "notes" in paths and "notes" not in files.canonical:
        require_object(files, CALLS.name, paths["notes"])
    return files


def _spoken(reader: VeevaReader, files: ExportFiles) -> tuple[pa.Table, ShownMessages]:
    calls = read_calls(reader, files.objects.get(CALLS.name, ()))
    spoken = conversations(calls)
    for why, count in spoken.left_out.items():
        reader.leave_out("notes", why, count)
    for call in spoken.nobody:
        if call.row is not None:
            reader.reject(CALLS, "notes", call.row, "Account_vod__c", "empty, but required")
    messages = read_key_messages(reader, files.objects.get(KEY_MESSAGES.name, ()), spoken)
    return _notes(spoken.calls, messages.reactions), messages


def _notes(calls: Sequence[Call], reactions: Mapping[str, str]) -> pa.Table:
    rows = [
        {
            "note_id": call.id,
            "hcp_id": call.account,
            "date": call.day,
            "text": call.text,
            "rep_id": call.rep,
            "channel": call.channel,
            "brand": call.brand,
            "reaction": reactions.get(call.id),
        }
        for call in calls
    ]
    return pa.Table.from_pylist(rows, schema=NOTES.schema)


def _read_canonical(name: str, files: Sequence[TableFile], reader: VeevaReader) -> pa.Table:
    spec = TABLES[name]
    reading = TableReading(spec, reader.names.of(name), reader.today, reader.rejects, reader.notices)
    batches = [batch for file in files for batch in reading.read(file, BATCH_ROWS)]
    reading.finish()
    return with_whole_ids(pa.concat_tables([spec.schema.empty_table(), *batches]))
